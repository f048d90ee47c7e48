"""A slice of a tuple is a tuple."""

from camshaft import Machine


class Tuples(Machine):
    def go(self, t: tuple[int, ...], a: int, b: int) -> tuple[int, ...]:
        return t[a:b]
