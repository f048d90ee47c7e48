"""A `pop` that a trap takes back leaves the key at its place."""

from camshaft import Machine


class Undo(Machine):
    table: dict[str, int] = {"a": 1, "b": 2, "c": 3}

    def go(self, k: str, n: int) -> int:
        found = self.table.pop(k)
        self.table["new"] = found
        return found // n
