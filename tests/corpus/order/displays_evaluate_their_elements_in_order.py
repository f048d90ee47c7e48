"""Lists, tuples and dicts evaluate element by element, with effects between."""

from camshaft import Machine


class Displays(Machine):
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n

    def lists(self) -> list[int]:
        return [self.n, self._next(), self.n, self._next()]

    def tuples(self) -> tuple[int, int, int]:
        return self._next(), self.n, self._next()

    def dicts(self) -> dict[int, int]:
        return {self._next(): self._next(), self.n * 10: self._next()}
