"""`zip` ends with the shorter list."""

from camshaft import Machine


class Zip(Machine):
    def go(self, xs: list[int], ys: list[str]) -> dict[int, str]:
        return {x: y for x, y in zip(xs, ys)}

    def three(self, xs: list[int], ys: list[int], zs: list[int]) -> int:
        total = 0
        for x, y, z in zip(xs, ys, zs):
            total += x * y - z
        return total
