"""Keys deleted and put back in another order are where they were after a trap."""

from camshaft import Machine


class Keys(Machine):
    table: dict[str, int] = {"a": 1, "b": 2, "c": 3, "d": 4}

    def go(self, x: str, y: str, n: int) -> int:
        first = self.table[x]
        del self.table[x]
        second = self.table[y]
        del self.table[y]
        self.table[y] = first
        self.table[x] = second
        return 12 // n
