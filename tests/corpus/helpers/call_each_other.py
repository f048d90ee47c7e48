"""Helpers call helpers; each sees the state as the last one left it."""

from camshaft import Machine


class Chain(Machine):
    n: int = 0

    def _one(self, k: int) -> int:
        self.n += k
        return self.n

    def _two(self, k: int) -> int:
        return self._one(k) * 10 + self._one(k)

    def go(self, k: int) -> int:
        return self._two(k) * 100 + self._one(-k)
