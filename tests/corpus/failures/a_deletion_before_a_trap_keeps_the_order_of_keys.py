"""`del d[k]` and then a trap: the key is back at its old place, not at the end."""

from camshaft import Machine


class Keys(Machine):
    table: dict[str, int] = {"a": 1, "b": 2, "c": 3}

    def drop(self, key: str, n: int) -> int:
        del self.table[key]
        self.table["z"] = 1
        return 6 // n

    def drop_and_put(self, key: str, n: int) -> int:
        old = self.table[key]
        del self.table[key]
        self.table[key] = old + n
        return 6 // n

    def order(self) -> list[str]:
        return list(self.table)
