"""`int(s)`: signs, leading zeros; anything else traps with ValueError."""

from camshaft import Machine

INPUTS = [("parse", s) for s in ("0", "12", "-7", "+5", "007", "", "x", "1.5", "1_000", "--1", "99999999999999999999")]


class Parse(Machine):
    total: int = 0

    def parse(self, s: str) -> int:
        self.total += 1
        self.total += int(s)
        return self.total
