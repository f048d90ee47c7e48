"""`chr` of what is no code point traps with ValueError."""

from camshaft import Machine

INTEGERS = [-1, -(2**31), 2**31 - 1, 0x110000, 0x10FFFF, 97, 0]


class Characters(Machine):
    def of(self, n: int) -> str:
        return chr(n)
