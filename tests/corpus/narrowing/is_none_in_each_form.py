"""`is None`, `is not None`, truth, early return and `and` narrow an optional."""

from camshaft import Machine


class Narrow(Machine):
    x: int | None = None

    def put(self, x: int | None) -> int:
        self.x = x
        if x is None:
            return -1
        return x + 1

    def positive(self) -> int:
        if self.x is not None and self.x > 0:
            return self.x
        return 0

    def ternary(self) -> int:
        return self.x * 2 if self.x is not None else -2

    def truth(self) -> int:
        if self.x:
            return self.x
        return 100
