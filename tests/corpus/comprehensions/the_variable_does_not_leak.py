"""The variable of a comprehension is its own: one of the same name outside stays."""

from camshaft import Machine


class Scope(Machine):
    def go(self, x: int, xs: list[int]) -> list[int]:
        ys = [x * 2 for x in xs]
        ys.append(x)
        zs = {x: x + 1 for x in ys}
        return [x, len(zs), len(ys)]
