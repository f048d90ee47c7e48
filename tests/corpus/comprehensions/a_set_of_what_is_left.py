"""A set comprehension keeps one of those that are equal."""

from camshaft import Machine

INPUTS = [("go", xs, n) for xs in ([], [1, 2, 3, 4], [2, 2, 5]) for n in (0, 2)]


class Left(Machine):
    kept: set[int] = {7}

    def go(self, xs: list[int], n: int) -> list[int]:
        self.kept = self.kept | {10 // x % 3 for x in xs if x != n}
        return sorted({x for x in xs if x in self.kept})
