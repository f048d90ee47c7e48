"""`for a, b in [(1, 2), (3, 4)]` and `for x in (a, b)`."""

from camshaft import Machine


class Displays(Machine):
    def go(self, n: int) -> int:
        total = 0
        for a, b in [(1, n), (n, 4), (5, 6)]:
            total += a * 10 + b
        for x in (n, total, 7):
            total -= x
        return total
