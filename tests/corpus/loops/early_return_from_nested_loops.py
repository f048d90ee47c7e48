"""`return` leaves all loops, and what was written before stays."""

from camshaft import Machine


class Search(Machine):
    looked: int = 0

    def find(self, rows: list[list[int]], n: int) -> tuple[int, int]:
        for i in range(len(rows)):
            for j in range(len(rows[i])):
                self.looked += 1
                if rows[i][j] == n:
                    return i, j
        return -1, -1
