"""`pow(a, n)` is `a ** n`."""

from camshaft import Machine

INTEGERS = range(0, 9)


class Pow(Machine):
    def two(self, a: int, n: int) -> int:
        found: int = pow(a, n)
        return found
