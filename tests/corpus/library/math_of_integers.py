"""`math.gcd`, `math.isqrt`: a negative root traps with ValueError."""

import math

from camshaft import Machine


class Math(Machine):
    def gcd(self, a: int, b: int) -> int:
        return math.gcd(a, b)

    def root(self, n: int) -> int:
        return math.isqrt(n)
