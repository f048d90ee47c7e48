"""`| & - ^ <= <` of sets give new ones."""

from camshaft import Machine


class Operators(Machine):
    kept: set[int] = {1, 2, 3}

    def go(self, other: set[int]) -> list[list[int]]:
        return [
            sorted(self.kept | other),
            sorted(self.kept & other),
            sorted(self.kept - other),
            sorted(self.kept ^ other),
        ]

    def compare(self, other: set[int]) -> list[bool]:
        return [self.kept == other, self.kept <= other, self.kept >= other, self.kept.isdisjoint(other)]

    def keep(self, other: set[int]) -> int:
        self.kept = self.kept | other
        return len(self.kept)
