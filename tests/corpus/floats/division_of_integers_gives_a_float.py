"""`a / b` is the nearest float, and traps for zero."""

from camshaft import Machine


class Divide(Machine):
    def go(self, a: int, b: int) -> float:
        return a / b
