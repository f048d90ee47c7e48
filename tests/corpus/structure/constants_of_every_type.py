"""Constants: numbers, texts, tuples, lists that are only read, dicts, dataclasses."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Tax:
    name: str
    percent: int


LIMIT = -3
GREETING = "hé\U0001f600"
PAIR = (1, "one")
STEPS = [5, 10, 20]
PRICES = {"a": 5, "b": 7}
TAX = Tax("vat", 19)


class Constants(Machine):
    n: int = LIMIT

    def numbers(self, i: int) -> int:
        self.n += STEPS[i] + LIMIT * PAIR[0]
        return self.n

    def texts(self, k: str) -> str:
        return GREETING[2] + PAIR[1] + TAX.name + str(PRICES[k] * TAX.percent)

    def total(self) -> int:
        total = 0
        for step in STEPS:
            total += step
        for name in PRICES:
            total += PRICES[name]
        return total
