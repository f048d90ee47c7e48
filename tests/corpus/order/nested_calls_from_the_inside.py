"""`f(g(h(x)))` runs h, g, f; each sees what the last one wrote."""

from camshaft import Machine


class Nested(Machine):
    n: int = 0

    def _f(self, x: int) -> int:
        self.n = self.n * 2 + x
        return self.n

    def go(self, x: int) -> int:
        return self._f(self._f(self._f(x) + 1) - self.n) % 10**6
