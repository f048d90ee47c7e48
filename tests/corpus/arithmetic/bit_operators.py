"""`& | ^ ~` of positive and negative integers, as in two's complement without end."""

from camshaft import Machine


class Bits(Machine):
    flags: int = 0

    def both(self, a: int, b: int) -> list[int]:
        return [a & b, a | b, a ^ b, ~a, a & ~b]

    def set(self, a: int) -> int:
        self.flags |= a
        self.flags &= 2**80 - 1
        self.flags ^= 5
        return self.flags
