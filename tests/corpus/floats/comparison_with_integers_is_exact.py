"""`2**53 + 1 == float(2**53)` is false: no rounding before comparing."""

from camshaft import Machine


class Compare(Machine):
    def go(self, x: float, n: int) -> list[bool]:
        return [x == n, x < n, n <= x, x != n, n > x]
