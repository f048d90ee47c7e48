"""`(a, (b, c)) = …` unpacks nested tuples, left to right."""

from camshaft import Machine


class Unpack(Machine):
    order: list[int] = [0, 0, 0]

    def go(self, pair: tuple[int, tuple[int, int]]) -> int:
        a, (b, c) = pair
        (self.order[0], (self.order[1], self.order[2])) = c, (b, a)
        return a + 10 * b + 100 * c
