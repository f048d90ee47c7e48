"""A generator as the argument of `list`, `sum`, `tuple`, `dict`."""

from camshaft import Machine


class Generators(Machine):
    def go(self, xs: list[int]) -> list[int]:
        return list(x + 1 for x in xs if x > 0)

    def pairs(self, xs: list[int]) -> tuple[int, ...]:
        return tuple(x * x for x in xs)
