"""Tuples within tuples are taken apart and put together."""

from camshaft import Machine


class Nested(Machine):
    pair: tuple[tuple[int, int], str] = ((1, 2), "a")

    def go(self, n: int) -> int:
        (a, b), s = self.pair
        self.pair = ((b, a + n), s + "x")
        return self.pair[0][1] - self.pair[0][0] + len(self.pair[1])
