"""`a < b < f()` does not call `f` where `a < b` is false."""

from camshaft import Machine


class Chain(Machine):
    calls: int = 0

    def _last(self, n: int) -> int:
        self.calls += 1
        return 10 // n

    def go(self, a: int, b: int, n: int) -> bool:
        return a < b < self._last(n)
