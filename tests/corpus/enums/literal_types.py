"""A literal type is a text or an integer of a few; it is one of its base type wherever that is needed."""

from typing import Literal

from camshaft import Machine

Status = Literal["open", "closed", "held"]


class Order(Machine):
    status: Status = "open"
    before: Status | None = None
    step: Literal[1, 2, -3] = 1

    def change(self, status: Status) -> str:
        self.before = self.status
        self.status = status
        return self.before + "-" + status + status[0] + f"{status}"

    def toggle(self) -> bool:
        self.status = "closed" if self.status == "open" else "open"
        return self.status in ("open", "held") and self.before != self.status

    def price(self, status: Status, prices: dict[str, int]) -> int:
        return prices[status] + len(status)

    def move(self, step: Literal[1, 2, -3]) -> int:
        self.step = step
        return step * 2 + self.step if step < 2 else -step

    def number(self, status: Status) -> int:
        match status:
            case "open":
                return 1
            case "closed" | "held":
                return 2

    def known(self, text: str) -> bool:
        return text == self.status
