"""A comprehension sees the method's names and the fields."""

from camshaft import Machine


class Reads(Machine):
    prices: dict[str, int] = {"a": 3, "b": 5}

    def total(self, words: list[str], tax: int) -> list[int]:
        return [self.prices[w] * tax for w in words if w in self.prices]

    def missing(self, words: list[str]) -> list[int]:
        return [self.prices[w] for w in words]
