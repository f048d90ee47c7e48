"""Numbers of any size are formatted to the last digit."""

from camshaft import Machine

INTEGERS = [0, -1, 2**63, 2**70, -(2**70), 97, 10**30]


class Huge(Machine):
    def go(self, n: int) -> str:
        return f"{n:d} {n:x} {n:>30} {n:,} {n:+_}"
