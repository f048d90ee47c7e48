"""Writes into rows, and rows that are added and removed, are all taken back."""

from camshaft import Machine


class Nested(Machine):
    rows: list[list[int]] = [[1], [2, 3]]

    def go(self, i: int, n: int) -> int:
        self.rows[i].append(n)
        self.rows.append([n])
        self.rows[-1][0] += 1
        self.rows[0][0] = 100
        del self.rows[i]
        return 12 // n
