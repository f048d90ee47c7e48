"""`d.get(k, f())` calls `f` also where the key is there."""

from camshaft import Machine


class Get(Machine):
    table: dict[int, int] = {1: 10, 2: 20}
    calls: int = 0

    def _make(self, n: int) -> int:
        self.calls += 1
        return 100 // n

    def go(self, k: int, n: int) -> int:
        return self.table.get(k, self._make(n))
