"""A helper's parameter keeps the value it got while the field it came from changes."""

from camshaft import Machine


class Moment(Machine):
    n: int = 1

    def _after(self, before: int, k: int) -> int:
        self.n += k
        return self.n - before

    def go(self, k: int) -> int:
        return self._after(self.n, k) * 100 + self._after(k, self.n) % 7
