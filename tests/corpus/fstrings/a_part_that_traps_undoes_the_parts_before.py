"""A trap in the second part takes back what the first part's call wrote."""

from camshaft import Machine


class Parts(Machine):
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n

    def go(self, k: int) -> str:
        return f"{self._next()} {10 // k} {self._next()}"
