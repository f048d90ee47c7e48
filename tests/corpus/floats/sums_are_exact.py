"""`math.fsum` rounds once, so that the order of the numbers does not matter."""

import math

from camshaft import Machine

INPUTS = [("sum", xs) for xs in ([], [0.1] * 10, [1e16, 1.0, -1e16], [1e308, 1e308], [-0.0], [0.1, 0.2, 0.3])]


class Sums(Machine):
    def sum(self, xs: list[float]) -> float:
        return math.fsum(xs)
