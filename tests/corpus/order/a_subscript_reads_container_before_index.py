"""`f()[g()]` calls `f` first."""

from camshaft import Machine


class Subscript(Machine):
    table: dict[str, list[int]] = {"a": [1, 2], "b": [3]}
    index: dict[str, int] = {"a": 1}

    def go(self, k: str, j: str) -> int:
        return self.table[k][self.index[j]]
