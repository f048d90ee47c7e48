"""The inner comprehension is evaluated anew for each element of the outer one."""

from camshaft import Machine

INTEGERS = range(-1, 5)


class Table(Machine):
    def go(self, n: int) -> list[list[int]]:
        return [[i * j for j in range(i)] for i in range(n)]
