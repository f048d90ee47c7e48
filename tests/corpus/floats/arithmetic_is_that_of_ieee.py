"""`+ - * / // %` of floats, and mixed with integers. Where Python gives NaN, which is no value, it traps with ValueError."""

from camshaft import Machine

BEYOND_PYTHON = ["ValueError"]


class Floats(Machine):
    def go(self, x: float, y: float) -> list[float]:
        return [x + y, x - y, x * y, -x]

    def divide(self, x: float, y: float) -> list[float]:
        return [x / y, x // y, x % y]

    def mixed(self, x: float, n: int) -> list[float]:
        return [x + n, n - x, x * n]
