"""A trap after `xs += ys` takes the new elements away again."""

from camshaft import Machine


class Extend(Machine):
    xs: list[int] = [1]

    def go(self, ys: list[int], n: int) -> int:
        self.xs += ys
        self.xs.append(n)
        return 12 // n
