"""The functions of `math` with one right answer: rounding, roots, exact sums."""

import math

from camshaft import Machine

BEYOND_PYTHON = ("ValueError",)


class Functions(Machine):
    def whole(self, x: float) -> list[int]:
        return [math.floor(x), math.ceil(x), math.trunc(x), int(x), round(x)]

    def of_integers(self, n: int, m: int) -> list[int]:
        return [math.floor(n), math.gcd(n, m), math.isqrt(m)]

    def root(self, x: float) -> float:
        return math.sqrt(x) + math.fabs(-x)

    def digits(self, x: float, n: int) -> float:
        return round(x, n)

    def kinds(self, x: float) -> list[bool]:
        return [math.isfinite(x), math.isinf(x), x < math.inf, x > math.pi]

    def total(self, xs: list[float], ns: list[int]) -> float:
        return math.fsum(xs) + math.fsum(ns)
