"""`a = b = x` evaluates `x` once and assigns `a` first: the second target sees the first."""

from camshaft import Machine


class Chain(Machine):
    slots: list[int] = [7, 8, 9]
    last: int = 0

    def put(self, value: int) -> int:
        i = 0
        i = self.slots[i] = self.last = value
        return i
