"""Pairs are keys: equal pairs are one key."""

from camshaft import Machine


class Board(Machine):
    cells: dict[tuple[int, int], str] = {}

    def put(self, x: int, y: int, mark: str) -> int:
        self.cells[x, y] = mark
        self.cells[(y, x)] = mark + "'"
        return len(self.cells)

    def get(self, at: tuple[int, int]) -> str:
        return self.cells.get(at, "?")
