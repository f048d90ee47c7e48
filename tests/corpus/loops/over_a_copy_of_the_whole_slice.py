"""`for x in xs[:]` goes over a copy: the list may grow."""

from camshaft import Machine


class Slice(Machine):
    xs: list[int] = [1, 2]

    def go(self, n: int) -> int:
        for x in self.xs[:]:
            if x < n:
                self.xs.append(x + n)
        del self.xs[6:]
        return len(self.xs)
