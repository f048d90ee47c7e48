"""`sum` of a list, with a start, of nothing."""

from camshaft import Machine


class Sums(Machine):
    def go(self, xs: list[int], n: int) -> int:
        return sum(xs) * 3 + sum(xs, n)

    def doubled(self, xs: list[int], d: dict[str, int]) -> int:
        return sum([x * 2 for x in xs]) + sum(d.values())
