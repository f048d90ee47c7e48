"""`(n := f()) > 3` binds `n` once, in the order of evaluation."""

from camshaft import Machine


class Walrus(Machine):
    n: int = 0

    def _next(self, k: int) -> int:
        self.n += k
        return self.n

    def go(self, k: int) -> int:
        if (found := self._next(k)) > 3:
            return found * 10
        return found

    def both(self, a: int, b: int) -> int:
        if (x := a) > 0 and (x := b) > 0:
            return x * 100
        return x
