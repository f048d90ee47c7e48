"""Numbers around 2**63 and 2**64 are compared exactly."""

from camshaft import Machine

INTEGERS = [2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64 - 1, 2**64, 2**64 + 1, 0]


class Large(Machine):
    seen: dict[int, int] = {}

    def compare(self, a: int, b: int) -> list[bool]:
        return [a < b, a == b, a >= b, a + 1 > b, -a <= b]

    def key(self, a: int) -> int:
        self.seen[a] = self.seen.get(a, 0) + 1
        return len(self.seen)
