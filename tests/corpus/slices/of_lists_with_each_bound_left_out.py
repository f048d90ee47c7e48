"""`xs[a:b]`, `xs[a:]`, `xs[:b]`, `xs[:]`: bounds beyond the ends are cut, negative ones count from the end."""

from camshaft import Machine


class Slices(Machine):
    xs: list[int] = [0, 1, 2, 3, 4]

    def both(self, a: int, b: int) -> list[int]:
        return self.xs[a:b]

    def one(self, a: int) -> list[int]:
        return self.xs[a:] + self.xs[:a] + self.xs[:]

    def of(self, ys: list[int], a: int) -> list[int]:
        return ys[-2:] + ys[:-1] + ys[a : a + 2]
