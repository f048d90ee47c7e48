"""`a | b` keeps the order of `a`, then what is new in `b`; `|=` changes in place."""

from camshaft import Machine


class Union(Machine):
    table: dict[str, int] = {"a": 1, "b": 2}

    def both(self, other: dict[str, int]) -> dict[str, int]:
        return self.table | other

    def add(self, other: dict[str, int]) -> list[str]:
        self.table |= other
        return list(self.table)
