"""`self.n + self._bump()` reads `n` first; `self._bump() + self.n` afterwards."""

from camshaft import Machine


class Reads(Machine):
    n: int = 1

    def _bump(self) -> int:
        self.n += 1
        return self.n * 100

    def before(self) -> int:
        return self.n + self._bump()

    def after(self) -> int:
        return self._bump() + self.n

    def around(self) -> int:
        return self.n - self._bump() - self.n
