"""A variable that may be None is a number after a number was assigned."""

from camshaft import Machine


class Assign(Machine):
    best: int | None = None

    def offer(self, n: int) -> int:
        if self.best is None or n > self.best:
            self.best = n
        return self.best

    def local(self, n: int) -> int:
        x: int | None = None
        if n > 2:
            x = n
        if x is None:
            x = -1
        return x + 1
