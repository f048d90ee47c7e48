"""A slice is a list of its own."""

from camshaft import Machine


class Copies(Machine):
    xs: list[int] = [1, 2, 3]

    def go(self, n: int) -> list[int]:
        part = self.xs[1:]
        self.xs[1] = n
        part.append(n + 1)
        self.xs.append(len(part))
        return part
