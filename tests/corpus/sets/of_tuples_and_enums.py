"""Tuples and members of an Enum are members of sets."""

from enum import Enum

from camshaft import Machine


class Side(Enum):
    LEFT = "l"
    RIGHT = "r"


class Members(Machine):
    cells: set[tuple[int, int]] = set()
    sides: set[Side] = {Side.LEFT}

    def visit(self, x: int, y: int, side: Side) -> bool:
        known = (x, y) in self.cells and side in self.sides
        self.cells.add((x, y))
        self.sides.add(side)
        return known

    def all(self) -> list[tuple[int, int]]:
        return sorted(self.cells)
