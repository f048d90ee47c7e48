"""`x /= n`, `x //= n`, `x %= n`, `x *= n` of a float field."""

from camshaft import Machine

BEYOND_PYTHON = ["ValueError"]


class Augmented(Machine):
    x: float = 10.0

    def divide(self, by: float) -> float:
        self.x /= by
        return self.x

    def others(self, n: int) -> float:
        self.x = 7.5
        self.x *= n
        self.x //= 2
        self.x %= 4.0
        return self.x
