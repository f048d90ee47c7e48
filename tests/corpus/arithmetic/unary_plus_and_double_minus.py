"""`+x`, `--x` and `-(-x)`."""

from camshaft import Machine


class Unary(Machine):
    def go(self, a: int) -> int:
        return +a + --a + -(-a) - +-a
