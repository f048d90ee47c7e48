"""The list, the lower bound, the upper bound: in this order."""

from camshaft import Machine


class Order(Machine):
    xs: list[int] = [1, 2, 3]
    table: dict[int, int] = {0: 0, 1: 1}

    def go(self, a: int, b: int, n: int) -> list[int]:
        return self.xs[self.table[a] : 6 // b]
