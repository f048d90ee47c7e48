"""An index beyond 64 bits is out of range, a bound of a slice is cut."""

from camshaft import Machine

INTEGERS = [0, 1, -1, -(2**63), -(2**63) - 1, -(2**70), 2**63 - 1, 2**63, 2**70]


class Indexes(Machine):
    xs: list[int] = [1, 2]

    def read(self, n: int) -> int:
        return self.xs[n]

    def text(self, n: int) -> str:
        return "ab"[n]

    def part(self, n: int, m: int) -> list[int]:
        return [1, 2][n:m]

    def step(self, n: int, m: int) -> str:
        return "abc"[n::m]

    def change(self, n: int) -> None:
        self.xs[n] = 7

    def delete(self, n: int) -> None:
        del self.xs[n]
        self.xs.append(n)
