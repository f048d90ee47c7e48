"""The parts of an f-string are evaluated left to right."""

from camshaft import Machine


class Parts(Machine):
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n

    def go(self, s: str) -> str:
        return f"{self._next()}-{s}-{self._next()}{self.n}"
