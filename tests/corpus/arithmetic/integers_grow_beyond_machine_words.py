"""Products of large integers are exact."""

from camshaft import Machine


class Big(Machine):
    last: int = 1

    def go(self, a: int, b: int) -> int:
        self.last = a * b - (a + b) * (a - b)
        return self.last * 3 - a
