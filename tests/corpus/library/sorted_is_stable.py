"""Elements of equal keys stay in their order, also in reverse."""

from camshaft import Machine


class Stable(Machine):
    def go(self, pairs: list[tuple[int, str]]) -> list[tuple[int, str]]:
        return sorted(pairs, key=lambda pair: pair[0] % 2)

    def reverse(self, pairs: list[tuple[int, str]]) -> list[tuple[int, str]]:
        return sorted(pairs, key=lambda pair: pair[0] % 2, reverse=True)

    def plain(self, xs: list[int]) -> list[int]:
        return sorted(xs) + sorted(xs, reverse=True)
