"""`tuple[int, ...]` is indexed, measured, iterated and compared."""

from camshaft import Machine


class Many(Machine):
    kept: tuple[int, ...] = (1, 2)

    def go(self, xs: tuple[int, ...]) -> int:
        total = len(xs)
        for x in xs:
            total += x
        self.kept = xs
        return total

    def at(self, i: int) -> int:
        return self.kept[i]

    def same(self, xs: tuple[int, ...]) -> list[bool]:
        return [xs == self.kept, xs < self.kept, 1 in xs, not xs]
