"""A function of the module is called like a helper; it sees its arguments only."""

from camshaft import Machine

LIMIT = 10


def clamp(n: int, low: int = 0, high: int = LIMIT) -> int:
    if n < low:
        return low
    return high if n > high else n


def doubled(xs: list[int]) -> list[int]:
    return [clamp(x) * 2 for x in xs]


class Clamp(Machine):
    last: int = 0

    def go(self, n: int) -> int:
        self.last = clamp(n) + clamp(n, high=3) * 100
        return self.last

    def all(self, xs: list[int]) -> list[int]:
        return doubled(xs)
