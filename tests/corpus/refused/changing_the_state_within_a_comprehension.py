"""The order would be hard to see; a loop shows it."""

from camshaft import Machine


class Box(Machine):
    n: int = 0

    def _next(self) -> int:
        self.n += 1
        return self.n

    def go(self) -> list[int]:
        return [self._next() for _ in range(3)]  # error: CAM031
