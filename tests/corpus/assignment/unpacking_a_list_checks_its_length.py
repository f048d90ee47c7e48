"""`a, b = xs` traps with ValueError where the list has another length."""

from camshaft import Machine

INPUTS = [("go", [1, 2]), ("go", []), ("go", [1]), ("go", [1, 2, 3]), ("go", [7, -7])]


class Unpack(Machine):
    n: int = 0

    def go(self, xs: list[int]) -> int:
        self.n += 1
        a, b = xs
        return a - b
