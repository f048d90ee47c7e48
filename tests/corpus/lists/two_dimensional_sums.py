"""A grid's rows and columns are summed."""

from camshaft import Machine


class Grid(Machine):
    rows: list[list[int]] = [[1, 2, 3], [4, 5, 6]]

    def column(self, j: int) -> int:
        total = 0
        for row in self.rows:
            total += row[j]
        return total

    def transpose(self) -> list[list[int]]:
        return [[row[j] for row in self.rows] for j in range(3)]

    def put(self, i: int, j: int, n: int) -> int:
        self.rows[i][j] = n
        return sum([sum(row) for row in self.rows])
