"""A tuple is chosen by a condition, and indexed at once."""

from camshaft import Machine


class Chosen(Machine):
    def go(self, n: int) -> int:
        a, b = (n, 1) if n > 2 else (1, n)
        return a * 10 + b + (5, 6)[1] + (n, n + 1)[0]
