"""An empty sequence may be repeated 2**62 times, and not 2**63 times."""

from camshaft import Machine

INTEGERS = [0, 1, 2**62, 2**63 - 1, 2**63, 2**70]


class Nothing(Machine):
    xs: list[int] = []

    def go(self, n: int, s: str) -> int:
        return len(self.xs * n) + len(s[:0] * n)
