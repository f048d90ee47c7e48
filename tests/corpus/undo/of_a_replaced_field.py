"""A trap after a field got a new list gives the old one back, with what was changed in it before."""

from camshaft import Machine


class Replace(Machine):
    xs: list[int] = [1, 2]

    def go(self, n: int) -> int:
        self.xs[0] = n
        self.xs = [n, n]
        self.xs.append(3)
        return 12 // n
