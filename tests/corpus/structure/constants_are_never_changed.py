"""A copy of a constant list may be changed: the constant stays, from step to step."""

from camshaft import Machine

BASE = [1, 2, 3]


class Copies(Machine):
    kept: list[int] = []

    def go(self, n: int) -> int:
        xs = list(BASE)
        xs.append(n)
        xs[0] = n
        self.kept = xs
        return BASE[0] + len(BASE) * 10
