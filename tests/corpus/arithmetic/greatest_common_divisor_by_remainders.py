"""Euclid's loop with negative numbers: the sign is that of Python's `%`."""

from camshaft import Machine


class Euclid(Machine):
    def gcd(self, a: int, b: int) -> int:
        while b != 0:
            a, b = b, a % b
        return a
