"""`a + b` is a list of its own: appending to it leaves both alone."""

from camshaft import Machine


class Concat(Machine):
    xs: list[int] = [1]

    def go(self, n: int) -> list[int]:
        ys = self.xs + [n]
        ys.append(n + 1)
        self.xs = self.xs + [n]
        return ys
