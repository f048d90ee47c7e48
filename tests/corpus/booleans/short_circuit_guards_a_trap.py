"""`n != 0 and 10 // n > 1` never divides by zero."""

from camshaft import Machine


class Guard(Machine):
    table: dict[int, int] = {1: 1}

    def go(self, n: int) -> bool:
        return n != 0 and 10 // n > 1

    def key(self, k: int) -> bool:
        return k in self.table and self.table[k] == 1 or k == 2
