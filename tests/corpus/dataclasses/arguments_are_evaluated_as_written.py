"""`Point(y=f(), x=g())` calls `f` first."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Point:
    x: int
    y: int


class Order(Machine):
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n

    def go(self) -> Point:
        return Point(y=self._next(), x=self._next())
