"""An alias is the type that it stands for."""

from typing import TypeAlias

from camshaft import Machine

Row: TypeAlias = list[int]
Grid = dict[str, Row]


class Aliases(Machine):
    grid: Grid = {"a": [1]}

    def add(self, k: str, row: Row) -> int:
        self.grid[k] = list(row)
        return len(self.grid)
