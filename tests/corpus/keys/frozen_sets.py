"""Frozen sets are keys and members: those of the same members are one, in whatever order they were made."""

from camshaft import Machine


class Teams(Machine):
    points: dict[frozenset[str], int] = {frozenset({"ann", "bob"}): 1}
    seen: set[frozenset[int]] = {frozenset(), frozenset({1})}
    pairs: frozenset[frozenset[str]] = frozenset()

    def win(self, names: list[str]) -> int:
        team = frozenset(names)
        self.points[team] = self.points.get(team, 0) + 3
        return self.points[frozenset(reversed(names))]

    def of(self, name: str) -> int:
        return sum([count for team, count in self.points.items() if name in team])

    def sizes(self) -> list[int]:
        return [len(team) for team in self.points]

    def together(self, one: frozenset[str], other: frozenset[str]) -> bool:
        self.pairs = self.pairs | {one | other} | frozenset([one & other])
        return one in self.pairs or (one | other) in self.points

    def mark(self, number: int) -> bool:
        new = frozenset({number, number % 3, 1})
        known = new in self.seen
        self.seen.add(new)
        self.seen.discard(frozenset({number}))
        self.seen |= {frozenset({1}), frozenset({n for n in range(number % 4)})}
        return known

    def drop(self, number: int) -> int:
        self.seen.remove(frozenset({number}))
        return len(self.seen)

    def same(self, other: set[frozenset[int]]) -> tuple[bool, bool, int]:
        return self.seen == other, other <= self.seen, len(self.seen - other)
