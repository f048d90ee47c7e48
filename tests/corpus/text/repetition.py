"""`s * n` and `n * s`: nothing for zero and negative counts."""

from camshaft import Machine

INTEGERS = range(-3, 6)


class Repeat(Machine):
    def go(self, s: str, n: int) -> str:
        return s * n + n * "-"
