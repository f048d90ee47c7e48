"""`abs` of negative, zero and large numbers."""

from camshaft import Machine


class Absolute(Machine):
    def of(self, a: int) -> int:
        return abs(a) + abs(-a) * 3
