"""In `[x for x in f(x)]` the source sees the outer `x`."""

from camshaft import Machine

INTEGERS = range(-2, 6)


class Outer(Machine):
    def go(self, x: int) -> list[int]:
        return [x + 1 for x in range(x)]
