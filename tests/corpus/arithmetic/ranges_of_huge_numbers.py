"""Ranges between huge numbers, and `enumerate` from one."""

from camshaft import Machine

INTEGERS = [1, -1, -(2**63) - 1, -(2**70), 2**70]


class Ranges(Machine):
    def go(self, n: int, m: int) -> list[int]:
        return [i for i in range(n, n + 2 * m, m)]

    def counted(self, n: int) -> list[tuple[int, str]]:
        return [(i, s) for i, s in enumerate(["a", "b"], n)]
