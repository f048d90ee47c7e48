"""`min` and `max` with a key give the first of equal elements."""

from camshaft import Machine


class Extremes(Machine):
    def go(self, pairs: list[tuple[int, str]]) -> list[str]:
        return [min(pairs, key=lambda pair: pair[0])[1], max(pairs, key=lambda pair: pair[0])[1]]

    def plain(self, xs: list[int]) -> int:
        return min(xs) * 3 - max(xs)

    def of_arguments(self, a: int, b: int, c: int) -> int:
        return min(a, b, c) * 10 + max(a, b) - max(c, a)
