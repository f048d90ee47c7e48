"""A failing step takes back its own writes only, never those of the step before."""

from camshaft import Machine

INPUTS = [("add", 1), ("add", 0), ("add", 2), ("add", 0), ("add", 0), ("add", 3), ("drop", 0), ("drop", 9), ("add", 0)]


class Steps(Machine):
    xs: list[int] = []
    table: dict[int, int] = {}

    def add(self, n: int) -> int:
        self.xs.append(n)
        self.table[n] = len(self.xs)
        return 12 // n

    def drop(self, i: int) -> int:
        del self.table[self.xs[i]]
        del self.xs[i]
        return len(self.table)
