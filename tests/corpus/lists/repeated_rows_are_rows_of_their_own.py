"""A comprehension makes a new inner list each time, so that rows do not share their cells."""

from camshaft import Machine


class Rows(Machine):
    rows: list[list[int]] = []

    def reset(self, n: int) -> None:
        self.rows = [[0, 0] for _ in range(3)]
        self.rows[0][0] = n
        self.rows[-1].append(n)
