"""`abs`, `pow` and `round` of integers where supported: `round(n)` is `n`."""

from camshaft import Machine


class Numbers(Machine):
    def go(self, a: int, b: int) -> int:
        return abs(a - b) + max(abs(a), abs(b))
