"""`xs[a:b] = ys` replaces a part, of another length too."""

from camshaft import Machine


class Parts(Machine):
    xs: list[int] = [0, 1, 2, 3]

    def put(self, a: int, b: int, ys: list[int]) -> int:
        self.xs[a:b] = ys
        return len(self.xs)
