"""A helper's variables are its own."""

from camshaft import Machine


class Scope(Machine):
    def _helper(self, x: int) -> int:
        y = x + 1
        z = y * 2
        return z

    def go(self, x: int) -> int:
        y = 5
        z = self._helper(y)
        return x + y * 10 + z * 100
