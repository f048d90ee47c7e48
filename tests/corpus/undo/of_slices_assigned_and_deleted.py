"""A trap after slices were replaced and deleted gives the whole list back."""

from camshaft import Machine


class Slices(Machine):
    xs: list[int] = [0, 1, 2, 3, 4]

    def go(self, a: int, b: int, n: int) -> int:
        self.xs[a:b] = [n, n, n]
        del self.xs[:2]
        self.xs[-1:] = []
        return 12 // n
