"""A float and an integer are compared exactly, however large the integer is."""

from camshaft import Machine

INTEGERS = [0, 1, -1, 2**53, 2**53 + 1, 10**16, 10**308, 10**400, -(10**400)]


class Compared(Machine):
    best: float | None = None

    def all_ways(self, n: int, x: float) -> list[bool]:
        return [n < x, x <= n, n == x, x != n, x > n, n >= x, 0 <= x < n]

    def keep(self, x: float) -> bool:
        if self.best is None or x > self.best:
            self.best = x
            return True
        return False

    def ordered(self, xs: list[float]) -> list[float]:
        return sorted(xs, reverse=True)
