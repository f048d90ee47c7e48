"""`a < f() < b` calls `f` once."""

from camshaft import Machine


class Chain(Machine):
    calls: int = 0

    def _middle(self, n: int) -> int:
        self.calls += 1
        return n

    def go(self, a: int, n: int, b: int) -> bool:
        return a < self._middle(n) < b
