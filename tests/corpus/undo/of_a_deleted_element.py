"""A trap after `del xs[i]` puts the element back at its index."""

from camshaft import Machine


class Delete(Machine):
    xs: list[int] = [5, 6, 7, 8]

    def go(self, i: int, n: int) -> int:
        del self.xs[i]
        del self.xs[0]
        self.xs.append(n)
        return 12 // n
