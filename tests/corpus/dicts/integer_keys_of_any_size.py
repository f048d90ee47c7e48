"""Large and negative integers are keys like others."""

from camshaft import Machine


class Keys(Machine):
    table: dict[int, int] = {-1: 1, 2**70: 2}

    def put(self, k: int) -> list[int]:
        self.table[k] = self.table.get(k, 0) + 1
        self.table[-k] = self.table.get(-k, 0) + 1
        return list(self.table.values())
