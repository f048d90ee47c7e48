"""`round(n)` of an int is the int."""

from camshaft import Machine


class Round(Machine):
    def go(self, n: int) -> int:
        return round(n) + round(-n * 3)
