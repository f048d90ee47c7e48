"""`sum` with a start, `any` and `all` of lists and generators; of nothing too."""

from camshaft import Machine


class Totals(Machine):
    def sums(self, xs: list[int]) -> int:
        return sum(xs) + sum(xs, 10) + sum(x * x for x in xs)

    def some(self, xs: list[int]) -> list[bool]:
        return [any(x > 2 for x in xs), all(x > 0 for x in xs), any([x == 1 for x in xs])]

    def lengths(self, d: dict[str, list[int]]) -> int:
        return sum(len(v) for v in d.values())
