"""`reversed` of lists, ranges and texts' lists."""

from camshaft import Machine


class Reversed(Machine):
    xs: list[int] = [1, 2, 3]

    def go(self, n: int) -> list[int]:
        self.xs.append(n)
        return list(reversed(self.xs)) + [i for i in reversed(range(3))]
