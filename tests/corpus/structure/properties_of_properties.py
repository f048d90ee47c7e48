"""A property may read another one, in conditions and helpers too."""

from camshaft import Machine

INPUTS = [("add", n) for n in (-1, 1, 5, -2, 0, -9)] + [("balance",), ("is_low",), ("add", -1)]


class Account(Machine):
    entries: list[int] = []

    @property
    def balance(self) -> int:
        return sum(self.entries)

    @property
    def is_low(self) -> bool:
        return self.balance < 3

    def add(self, n: int) -> str:
        if self.is_low and n < 0:
            return f"low {self.balance}"
        self.entries.append(n)
        return f"{self.balance}"
