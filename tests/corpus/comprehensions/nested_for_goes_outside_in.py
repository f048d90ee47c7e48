"""`[… for row in rows for x in row]` is two loops within each other."""

from camshaft import Machine


class Flat(Machine):
    def go(self, rows: list[list[int]]) -> list[int]:
        return [x * len(row) for row in rows if row for x in row if x != 1]
