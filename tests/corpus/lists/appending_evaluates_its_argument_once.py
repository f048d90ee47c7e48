"""`xs.append(f())` calls `f` once, and a trap in `f` appends nothing."""

from camshaft import Machine


class Once(Machine):
    xs: list[int] = []
    calls: int = 0

    def _make(self, n: int) -> int:
        self.calls += 1
        return 12 // n

    def go(self, n: int) -> int:
        self.xs.append(self._make(n))
        return self.calls
