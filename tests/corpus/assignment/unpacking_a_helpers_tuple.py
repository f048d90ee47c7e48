"""A helper's tuple is unpacked after the helper changed the state."""

from camshaft import Machine


class Pair(Machine):
    n: int = 0

    def _next(self) -> tuple[int, int]:
        self.n += 1
        return self.n, self.n * self.n

    def go(self) -> int:
        a, b = self._next()
        self.n, b = b, a
        return a * 100 + b
