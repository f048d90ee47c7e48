"""A conditional argument is decided when it is its turn."""

from camshaft import Machine


class Turn(Machine):
    n: int = 0

    def _bump(self) -> int:
        self.n += 1
        return self.n

    def _pair(self, a: int, b: int) -> int:
        return a * 1000 + b

    def go(self, k: int) -> int:
        return self._pair(self._bump(), self.n if self.n % 2 == k % 2 else -self._bump())
