"""`-x ** 2` is `-(x ** 2)`."""

from camshaft import Machine


class Power(Machine):
    def minus(self, x: int) -> int:
        return -(x**2) + (-x) ** 2 * 3 + -(x**3) - x**0
