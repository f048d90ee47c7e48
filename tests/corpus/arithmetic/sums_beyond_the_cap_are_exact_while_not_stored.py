"""`+` and `-` go beyond 4,096 bits without a trap, as long as the result is back within when it is stored."""

from camshaft import Machine

INPUTS = [("go", 2**4096 - 1), ("go", -(2**4096) + 1), ("go", 0), ("compare", 2**4096 - 1), ("compare", 4)]


class Cap(Machine):
    n: int = 0

    def go(self, a: int) -> int:
        self.n = a + a - a
        return -(a + a) + a + a + (a - 1 if a > 0 else a + 1)

    def compare(self, a: int) -> bool:
        return a + a > a and a + a + 1 != a + a
