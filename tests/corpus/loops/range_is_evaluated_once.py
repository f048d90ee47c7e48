"""The bounds of a `range` are evaluated before the first round."""

from camshaft import Machine

INTEGERS = range(-2, 7)


class Once(Machine):
    n: int = 0

    def go(self, n: int) -> int:
        self.n = n
        rounds = 0
        for _ in range(self.n):
            self.n += 1
            rounds += 1
        return rounds
