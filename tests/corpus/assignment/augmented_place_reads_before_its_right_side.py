"""`self.n += self._bump()` adds to the value from before the call."""

from camshaft import Machine


class Counter(Machine):
    n: int = 1

    def _bump(self) -> int:
        self.n += 10
        return self.n

    def add(self, k: int) -> int:
        self.n += k + self._bump()
        return self.n
