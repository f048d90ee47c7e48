"""A helper that changes another field may be called within a loop over a field."""

from camshaft import Machine


class Totals(Machine):
    xs: list[int] = [3, 1, 2]
    totals: list[int] = []

    def _note(self, n: int) -> int:
        self.totals.append(n)
        return len(self.totals)

    def go(self) -> int:
        last = 0
        for x in self.xs:
            last = self._note(x)
        return last
