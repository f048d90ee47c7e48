"""`self.rows[i][j] = …` traps on either index, and changes nothing."""

from camshaft import Machine


class Grid(Machine):
    rows: list[list[int]] = [[1, 2], [3]]
    writes: int = 0

    def put(self, i: int, j: int, n: int) -> None:
        self.writes += 1
        self.rows[i][j] = n

    def get(self, i: int, j: int) -> int:
        return self.rows[i][j]
