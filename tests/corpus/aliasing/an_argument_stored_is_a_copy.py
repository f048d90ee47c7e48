"""A list argument is copied into the state."""

from camshaft import Machine


class Store(Machine):
    rows: list[list[int]] = []

    def put(self, row: list[int]) -> int:
        self.rows.append(list(row))
        self.rows[-1].append(0)
        self.rows.append(list(row))
        return len(row)
