"""Comprehensions over keys, values and items."""

from camshaft import Machine


class Dicts(Machine):
    table: dict[str, int] = {"b": 2, "a": 1}

    def put(self, k: str, n: int) -> dict[str, int]:
        self.table[k] = n
        return {k + "'": v * 2 for k, v in self.table.items() if v != 2}

    def invert(self) -> dict[int, str]:
        return {v: k for k, v in self.table.items()}

    def keys(self) -> list[str]:
        return [k for k in self.table] + [k for k in self.table.keys()]

    def doubled(self) -> list[int]:
        return [v + v for v in self.table.values()]
