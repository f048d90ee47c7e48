"""`ord` and `chr` beyond the basic plane; a text of two traps… as TypeError, so only one is given."""

from camshaft import Machine

INPUTS = [("code", c) for c in "aä日\U0001f600\x00"] + [("char", n) for n in (0, 97, 0x1F600, 0x10FFFF, -1, 0x110000)]


class Codes(Machine):
    def code(self, c: str) -> int:
        return ord(c)

    def char(self, n: int) -> str:
        return chr(n)
