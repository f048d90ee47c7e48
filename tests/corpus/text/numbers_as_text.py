"""`str` of integers: the sign, no leading zeros, any size."""

from camshaft import Machine


class Digits(Machine):
    def of(self, n: int) -> str:
        return str(n) + str(-n) + str(n * n) + str(n == 1)
