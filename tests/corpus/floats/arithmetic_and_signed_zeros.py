"""`+ - * /` of floats, and of integers with floats; what would be NaN traps, which in Python it does not."""

from camshaft import Machine

BEYOND_PYTHON = ("ValueError",)


class Arithmetic(Machine):
    last: float = 0.0

    def of_floats(self, a: float, b: float) -> list[float]:
        self.last = a - b
        return [a + b, a - b, a * b, -a, +b, abs(a)]

    def divided(self, a: float, b: float) -> float:
        self.last /= b
        return a / b + a // b - a % b

    def mixed(self, n: int, x: float) -> float:
        self.last += n
        return n * x - (n - x) + x / 3

    def ratio(self, a: int, b: int) -> float:
        return a / b

    def shown(self, x: float) -> str:
        return f"{x} {-x} {x == -x} {bool(x)}"
