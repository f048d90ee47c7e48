"""`%` has the sign of its right side, and `a == a // b * b + a % b`."""

from camshaft import Machine


class Modulo(Machine):
    def of(self, a: int, b: int) -> int:
        return a % b

    def law(self, a: int, b: int) -> bool:
        return a == a // b * b + a % b
