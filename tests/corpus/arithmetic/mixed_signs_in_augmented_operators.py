"""`x //= -3` and `x %= -3` on both signs."""

from camshaft import Machine


class Signs(Machine):
    x: int = 7

    def go(self, n: int, k: int) -> list[int]:
        self.x = n
        a = n
        a //= -3
        b = n
        b %= -3
        self.x %= k
        return [a, b, self.x]
