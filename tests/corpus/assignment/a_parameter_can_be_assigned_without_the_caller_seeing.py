"""Assigning a parameter of a helper changes the helper's name only."""

from camshaft import Machine


class Names(Machine):
    n: int = 0

    def _double(self, x: int) -> int:
        x *= 2
        x = x + 1
        return x

    def go(self, x: int) -> int:
        y = self._double(x)
        self.n = x
        return y - x
