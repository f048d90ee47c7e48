"""`a ** n`, right-associative, with the edge cases of 0 and 1."""

from camshaft import Machine

INTEGERS = range(0, 9)


class Power(Machine):
    def of(self, a: int, n: int) -> int:
        found: int = a**n
        return found

    def right(self, a: int) -> int:
        found: int = 2**a**2
        return found // (a + 1)
