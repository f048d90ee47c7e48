"""A sweep that fails halfway puts all deleted entries back, in their places."""

from camshaft import Machine


class Sweep(Machine):
    table: dict[int, int] = {1: 3, 2: 0, 3: 5, 4: 1}

    def go(self, n: int) -> int:
        total = 0
        for key in list(self.table):
            value = self.table[key]
            del self.table[key]
            total += 60 // (value - n)
        self.table[9] = total
        return total

    def put(self, k: int, n: int) -> None:
        self.table[k] = n
