"""`x is None or x > 3` looks at `x` only where it is a number."""

from camshaft import Machine


class Or(Machine):
    x: int | None = None

    def put(self, x: int | None) -> bool:
        self.x = x
        return x is None or x > 3

    def guard(self) -> int:
        if self.x is None or self.x < 0:
            return -1
        return self.x + 1
