"""A width and a `maxsplit` beyond 64 bits trap with OverflowError."""

from camshaft import Machine

INTEGERS = [0, 1, -1, 3, -(2**63), -(2**63) - 1, -(2**70)]


class Widths(Machine):
    def pad(self, n: int) -> list[str]:
        return ["a".ljust(n), "a".rjust(n, "*"), "a".center(n)]

    def zeros(self, n: int) -> str:
        return "-1".zfill(n)

    def parts(self, n: int) -> list[str]:
        return "a,b,c".split(",", n)
