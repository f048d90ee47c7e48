"""A trap after two fields were exchanged exchanges them back."""

from camshaft import Machine


class Swap(Machine):
    a: int = 1
    b: int = 2
    xs: list[int] = [1]
    ys: list[int] = [2]

    def go(self, n: int) -> int:
        self.a, self.b = self.b, self.a
        self.xs, self.ys = list(self.ys), list(self.xs)
        self.xs.append(n)
        return 12 // n + self.a
