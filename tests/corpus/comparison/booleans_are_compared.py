"""`==` and `!=` of booleans, and of comparisons."""

from camshaft import Machine


class Same(Machine):
    def go(self, a: bool, b: bool, n: int) -> list[bool]:
        return [a == b, a != b, a == (n > 0), (n < 3) != (n == 1), not a == b]
