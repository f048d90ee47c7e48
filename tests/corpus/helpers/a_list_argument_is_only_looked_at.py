"""A helper reads a list that belongs to the state, to a local, to a display."""

from camshaft import Machine


class Looks(Machine):
    xs: list[int] = [1, 2]

    def _sum(self, xs: list[int], by: int = 1) -> int:
        total = 0
        for x in xs:
            total += x * by
        return total

    def go(self, n: int) -> int:
        ys = [n, n]
        found = self._sum(self.xs) + self._sum(ys, 10) + self._sum([n], by=100) + self._sum(self.xs + ys)
        ys.append(found)
        self.xs.append(len(ys))
        return found + self._sum(ys)
