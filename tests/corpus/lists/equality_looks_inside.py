"""Lists of lists are equal where their elements are."""

from camshaft import Machine


class Same(Machine):
    rows: list[list[int]] = [[1], [2, 3]]

    def go(self, rows: list[list[int]]) -> list[bool]:
        return [self.rows == rows, rows == list(rows), [1] in self.rows, [1] in rows, rows != self.rows]
