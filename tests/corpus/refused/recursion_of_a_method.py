"""A method that calls itself may not end."""

from camshaft import Machine


class Box(Machine):
    def factorial(self, n: int) -> int:
        return 1 if n < 2 else n * self.factorial(n - 1)  # error: CAM019
