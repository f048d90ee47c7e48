"""`<<` and `>>`: a negative count traps with ValueError; `>>` of a negative number rounds down."""

from camshaft import Machine

INTEGERS = [0, 1, 2, 3, -1, -2, -7, 5, 64, 100, -(2**70)]


class Shifts(Machine):
    def left(self, a: int, n: int) -> int:
        return a << n

    def right(self, a: int, n: int) -> int:
        return a >> n

    def mask(self, n: int) -> int:
        return (1 << n) - 1
