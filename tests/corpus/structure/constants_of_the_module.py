"""Constants of the module: numbers, texts, tuples, dicts."""

from camshaft import Machine

LIMIT = 3
NAMES = ("a", "b", "c")
PRICES = {"a": 5, "b": 7}


class Constants(Machine):
    n: int = LIMIT

    def go(self, i: int) -> str:
        self.n += LIMIT * 2
        return NAMES[i]

    def price(self, k: str) -> int:
        return PRICES.get(k, -1) + PRICES[k]

    def total(self) -> int:
        total = 0
        for name in NAMES:
            if name in PRICES:
                total += PRICES[name]
        return total
