"""`1 + 2 << 3 & 4 == x` and its like: Python's precedence."""

from camshaft import Machine


class Precedence(Machine):
    def go(self, a: int, b: int) -> int:
        return a + b & 7 | a ^ b & 3 + 1 | ~a & 2

    def test(self, a: int) -> bool:
        return a & 1 == 1 or a | 6 == 7
