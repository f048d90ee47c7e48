"""`a < b == c != d >= e` is the conjunction of neighbours, not of results."""

from camshaft import Machine


class Chain(Machine):
    def go(self, a: int, b: int, c: int) -> bool:
        return a <= b == c != a

    def surprising(self, a: int, b: int) -> bool:
        return a != b != a
