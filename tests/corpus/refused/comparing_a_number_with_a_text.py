"""`<` raises TypeError, and `==` is always false."""

from camshaft import Machine


class Box(Machine):
    def less(self, n: int, s: str) -> bool:
        return n < s  # error: CAM024

    def same(self, n: int, s: str) -> bool:
        return n == s  # error: CAM024
