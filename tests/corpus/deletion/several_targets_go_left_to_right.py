"""`del xs[0], xs[0]` removes the first two; where the second fails, neither is removed."""

from camshaft import Machine


class Stack(Machine):
    xs: list[int] = [1, 2, 3, 4, 5]

    def drop_two(self, i: int) -> int:
        del self.xs[i], self.xs[i]
        return self.xs[0]

    def fill(self, n: int) -> None:
        self.xs += [n, n + 1]
