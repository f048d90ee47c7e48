"""`xs.append(xs[0])` reads the element before the list grows."""

from camshaft import Machine


class Own(Machine):
    xs: list[int] = [3]

    def go(self, i: int) -> int:
        self.xs.append(self.xs[i] + len(self.xs))
        return self.xs[-1]
