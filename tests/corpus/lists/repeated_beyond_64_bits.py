"""A count beyond 64 bits traps with OverflowError, though nothing would come of a negative one."""

from camshaft import Machine

INTEGERS = [0, 1, -1, 3, -(2**62), -(2**63), -(2**63) - 1, -(2**70)]


class Repeat(Machine):
    tries: list[int] = []

    def lists(self, n: int) -> list[int]:
        self.tries.append(n)
        return [1, 2] * n

    def left(self, n: int) -> list[int]:
        return n * [1] + 2 * [n]

    def texts(self, n: int) -> str:
        return "ab" * n + n * "c"

    def raw(self, n: int) -> bytes:
        return b"ab" * n
