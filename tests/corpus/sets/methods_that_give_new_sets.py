"""`union`, `intersection`, `difference`, `symmetric_difference`, `copy`; `issubset`, `issuperset`."""

from camshaft import Machine


class New(Machine):
    kept: set[int] = {1, 2, 3}

    def go(self, other: set[int]) -> list[list[int]]:
        both = self.kept.union(other)
        return [
            sorted(both),
            sorted(self.kept.intersection(other)),
            sorted(self.kept.difference(other)),
            sorted(self.kept.symmetric_difference(other)),
        ]

    def compare(self, other: set[int]) -> list[bool]:
        return [self.kept.issubset(other), self.kept.issuperset(other), self.kept < other, self.kept > other]

    def copied(self, n: int) -> list[int]:
        kept = self.kept.copy()
        kept.add(n)
        self.kept.discard(n)
        return sorted(kept)
