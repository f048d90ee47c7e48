"""`for i in range(n) for j in range(i)`."""

from camshaft import Machine

INTEGERS = range(-1, 6)


class Pairs(Machine):
    def go(self, n: int) -> list[tuple[int, int]]:
        return [(i, j) for i in range(n) for j in range(i) if (i + j) % 2 == 1]

    def table(self, n: int) -> dict[int, list[int]]:
        return {i: [j for j in range(i) if i % (j + 1) == 0] for i in range(n)}
