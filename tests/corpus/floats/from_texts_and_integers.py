"""`float(x)` of integers, texts and booleans: what is no number traps with ValueError."""

from camshaft import Machine

INPUTS = [("text", s) for s in ("0", "-1.5", "1e3", " 2 ", "", "x", "inf", "-0.0", "1e400")] + [
    ("number", n) for n in (0, -7, 2**53 + 1, 10**308, 10**309)
]


class Convert(Machine):
    kept: float = 0.5

    def text(self, s: str) -> float:
        self.kept = float(s)
        return self.kept

    def number(self, n: int) -> float:
        return float(n) + self.kept
