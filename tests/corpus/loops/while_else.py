"""`else` of a `while` runs where the condition became false, and not after `break`."""

from camshaft import Machine

INTEGERS = range(-2, 9)


class Else(Machine):
    log: list[str] = []

    def divisor(self, n: int) -> int:
        d = 2
        while d * d <= n:
            if n % d == 0:
                self.log.append("found")
                break
            d += 1
        else:
            self.log.append("prime")
            return n
        return d
