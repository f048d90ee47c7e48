"""Both sides of `<` are evaluated, left first, whatever the result."""

from camshaft import Machine


class Compare(Machine):
    n: int = 0

    def _next(self, k: int) -> int:
        self.n += k
        return self.n

    def less(self, a: int, b: int) -> bool:
        return self._next(a) < self._next(b)

    def inside(self, a: int) -> bool:
        return self._next(a) in [self.n, self._next(1)]
