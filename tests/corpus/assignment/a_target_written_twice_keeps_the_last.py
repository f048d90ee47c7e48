"""`a, a = 1, 2` leaves 2, and `self.n, self.n` the same."""

from camshaft import Machine


class Twice(Machine):
    n: int = 0

    def go(self, x: int, y: int) -> int:
        a, a = x, y
        self.n, self.n = y, x
        return a
