"""`int`, `round`, `math.floor`, `math.ceil`: to even, toward zero, down, up."""

import math

from camshaft import Machine


class Rounding(Machine):
    def go(self, x: float) -> list[int]:
        return [int(x), round(x), math.floor(x), math.ceil(x)]

    def half(self, n: int) -> list[int]:
        return [round(n / 2), round(n + 0.5), int(n / 2)]
