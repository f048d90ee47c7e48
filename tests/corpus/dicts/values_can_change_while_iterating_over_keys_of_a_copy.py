"""Values change while a loop goes over a copy of the keys."""

from camshaft import Machine


class Change(Machine):
    table: dict[str, int] = {"a": 1, "b": 2, "c": 3}

    def scale(self, n: int) -> int:
        for key in list(self.table):
            self.table[key] *= n
        return self.table["c"]

    def shift(self, n: int) -> int:
        total = 0
        for key, value in list(self.table.items()):
            self.table[key] = value + n
            total += value
        return total
