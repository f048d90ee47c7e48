"""Both sides of `+` trap: the left one is the one that is told."""

from camshaft import Machine


class First(Machine):
    table: dict[str, int] = {"a": 1}

    def left(self, key: str, n: int) -> int:
        return self.table[key] + 1 // n

    def right(self, key: str, n: int) -> int:
        return 1 // n + self.table[key]
