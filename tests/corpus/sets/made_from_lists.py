"""`set(xs)` and `frozenset(xs)`: equal whatever the order they were made in."""

from camshaft import Machine


class Made(Machine):
    kept: frozenset[str] = frozenset()

    def put(self, xs: list[str]) -> list[bool]:
        before = self.kept
        self.kept = frozenset(xs)
        return [before == self.kept, self.kept == frozenset(sorted(xs)), set(xs) == set(sorted(xs, reverse=True))]

    def count(self, xs: list[int]) -> int:
        found = set(xs)
        found.add(1)
        return len(found)
