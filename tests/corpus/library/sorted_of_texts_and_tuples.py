"""Texts are sorted by code points, tuples by their elements, a dict by its keys."""

from camshaft import Machine


class Sorted(Machine):
    def texts(self, xs: list[str]) -> list[str]:
        return sorted(xs)

    def pairs(self, xs: list[tuple[str, int]]) -> list[tuple[str, int]]:
        return sorted(xs)

    def keys(self, d: dict[str, int]) -> list[str]:
        return sorted(d)

    def items(self, d: dict[str, int]) -> list[tuple[str, int]]:
        return sorted(d.items(), key=lambda item: (-item[1], item[0]))
