"""Precedence of `+ - * // %`, unary minus, comparison, `not`, `and`, `or`."""

from camshaft import Machine


class Precedence(Machine):
    def numbers(self, a: int, b: int, c: int) -> int:
        return a + b * c - -a % (b * b + 1) + -b // (c * c + 2) * 3

    def truth(self, a: int, b: int) -> bool:
        return not a == b and a < b or not a < b and a != b + 1
