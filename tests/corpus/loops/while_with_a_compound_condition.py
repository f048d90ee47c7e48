"""Each round evaluates the condition anew, left to right, as far as it needs to."""

from camshaft import Machine

INTEGERS = range(-1, 7)


class Compound(Machine):
    xs: list[int] = [3, 1, 0, 2]

    def go(self, i: int) -> int:
        steps = 0
        while i < len(self.xs) and self.xs[i] != 0 or steps == 0:
            steps += 1
            i += 1
        return steps * 10 + i

    def indexed(self, i: int) -> int:
        while self.xs[i] > 0:
            i += 1
        return i
