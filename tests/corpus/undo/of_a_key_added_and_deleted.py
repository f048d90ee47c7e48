"""A key that was added and deleted in the step leaves no trace, whether it ends well or not."""

from camshaft import Machine


class Added(Machine):
    table: dict[str, int] = {"a": 1}

    def go(self, k: str, n: int) -> int:
        self.table["x" + k] = n
        self.table["y" + k] = n + 1
        del self.table["x" + k]
        return 12 // n

    def again(self, k: str, n: int) -> list[str]:
        self.table[k + "!"] = 1
        del self.table[k + "!"]
        self.table[k + "!"] = 2
        assert n > 0
        return list(self.table)
