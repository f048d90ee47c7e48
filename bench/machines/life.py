"""Conway's game of life on a torus: nested loops that read nine cells and build new lists, a row in a helper."""

from __future__ import annotations

from collections.abc import Sequence

from camshaft import Machine
from machines.case import Case

SIZE = 24


class Life(Machine):
    rows: list[list[int]] = []

    def sow(self, seed: int) -> int:
        rows: list[list[int]] = []
        for _y in range(SIZE):
            row: list[int] = []
            for _x in range(SIZE):
                seed = (seed * 1103515245 + 12345) % 2147483648
                row.append(1 if seed // 65536 % 3 == 0 else 0)
            rows.append(row)
        self.rows = rows
        return len(rows)

    def step(self) -> int:
        grown: list[list[int]] = []
        alive = 0
        for y in range(SIZE):
            row = self._row(self.rows[y - 1], self.rows[y], self.rows[(y + 1) % SIZE])
            for cell in row:
                alive += cell
            grown.append(row)
        self.rows = grown
        return alive

    def _row(self, above: list[int], here: list[int], below: list[int]) -> list[int]:
        row: list[int] = []
        for x in range(SIZE):
            right = (x + 1) % SIZE
            around = above[x - 1] + above[x] + above[right] + here[x - 1]
            around += here[right] + below[x - 1] + below[x] + below[right]
            row.append(1 if around == 3 or (around == 2 and here[x] == 1) else 0)
        return row


class PlainLife:
    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: list[list[int]] = []

    def sow(self, seed: int) -> int:
        rows: list[list[int]] = []
        for _y in range(SIZE):
            row: list[int] = []
            for _x in range(SIZE):
                seed = (seed * 1103515245 + 12345) % 2147483648
                row.append(1 if seed // 65536 % 3 == 0 else 0)
            rows.append(row)
        self.rows = rows
        return len(rows)

    def step(self) -> int:
        grown: list[list[int]] = []
        alive = 0
        for y in range(SIZE):
            row = self._row(self.rows[y - 1], self.rows[y], self.rows[(y + 1) % SIZE])
            for cell in row:
                alive += cell
            grown.append(row)
        self.rows = grown
        return alive

    def _row(self, above: list[int], here: list[int], below: list[int]) -> list[int]:
        row: list[int] = []
        for x in range(SIZE):
            right = (x + 1) % SIZE
            around = above[x - 1] + above[x] + above[right] + here[x - 1]
            around += here[right] + below[x - 1] + below[x] + below[right]
            row.append(1 if around == 3 or (around == 2 and here[x] == 1) else 0)
        return row


def drive(life: Life | PlainLife, inputs: Sequence[int]) -> None:
    step = life.step
    for seed in inputs:
        if seed:
            life.sow(seed)
        else:
            step()


# A third of the grid is alive at first, and it is still busy after fifty generations.
CASE = Case("life, 24 by 24", 1.2, Life, PlainLife, [1, *[0] * 49], drive)
