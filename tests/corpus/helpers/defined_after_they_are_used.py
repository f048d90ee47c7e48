"""A helper may stand below its callers."""

from camshaft import Machine


class Below(Machine):
    n: int = 0

    def go(self, k: int) -> int:
        return self._second(self._first(k))

    def _first(self, k: int) -> int:
        self.n += k
        return self._second(k + 1)

    def _second(self, k: int) -> int:
        return k * 2 + self.n
