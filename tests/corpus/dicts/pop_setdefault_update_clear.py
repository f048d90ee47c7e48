"""`pop` with and without a default, `setdefault`, `update`, `clear`; their order of keys."""

from camshaft import Machine


class Methods(Machine):
    table: dict[str, int] = {"a": 1, "b": 2, "c": 3}

    def pop(self, k: str) -> int:
        return self.table.pop(k)

    def pop_default(self, k: str, n: int) -> int:
        return self.table.pop(k, n)

    def setdefault(self, k: str, n: int) -> int:
        return self.table.setdefault(k, n) + len(self.table)

    def update(self, other: dict[str, int]) -> list[str]:
        self.table.update(other)
        return list(self.table)

    def clear(self) -> int:
        self.table.clear()
        return len(self.table)
