"""`min([])` traps with ValueError; `default=` is what it gives instead."""

from camshaft import Machine


class Empty(Machine):
    def trap(self, xs: list[int]) -> int:
        return min(x for x in xs if x > 2)

    def default(self, xs: list[int]) -> int:
        return max([x for x in xs if x > 2], default=-1)
