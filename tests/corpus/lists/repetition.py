"""`[0] * n` is a list of its own, empty for zero and negative counts."""

from camshaft import Machine

INTEGERS = range(-3, 6)


class Repeat(Machine):
    xs: list[int] = [1]

    def go(self, n: int) -> list[int]:
        zeros = [0] * n
        zeros.append(n)
        self.xs = n * [1, 2] + zeros
        return zeros
