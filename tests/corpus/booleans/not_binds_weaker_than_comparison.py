"""`not a == b` is `not (a == b)`, and `not x in xs` is `x not in xs`."""

from camshaft import Machine


class Not(Machine):
    def go(self, a: int, b: int, xs: list[int]) -> list[bool]:
        return [not a == b, not a in xs, not not a, not (a and b)]
