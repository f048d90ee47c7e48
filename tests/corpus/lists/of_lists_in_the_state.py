"""Rows of a grid are changed one by one."""

from camshaft import Machine


class Grid(Machine):
    rows: list[list[int]] = [[0, 0], [0, 0]]

    def put(self, i: int, j: int, n: int) -> None:
        self.rows[i][j] += n

    def add_row(self, row: list[int]) -> None:
        self.rows.append(list(row))

    def grow(self, i: int, n: int) -> int:
        self.rows[i].append(n)
        return len(self.rows[i])
