"""`dict(d)` is a copy with the same order."""

from camshaft import Machine


class Copy(Machine):
    table: dict[str, int] = {"b": 1, "a": 2}

    def go(self, k: str, n: int) -> dict[str, int]:
        kept = dict(self.table)
        self.table[k] = n
        kept["new"] = n
        del kept["b"]
        return kept
