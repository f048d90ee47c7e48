"""A set in a field is changed where it is; a failing step leaves it as it was."""

from camshaft import Machine


class Changes(Machine):
    ids: set[int] = {1, 2}
    groups: dict[str, set[int]] = {"a": {1}}

    def add(self, n: int) -> int:
        self.ids.add(n)
        return len(self.ids)

    def drop(self, n: int, m: int) -> None:
        self.ids.discard(n)
        self.ids.remove(m)

    def merge(self, xs: list[int], other: set[int]) -> list[int]:
        self.ids.update(xs, other)
        self.ids.difference_update(other, [3])
        self.ids.symmetric_difference_update({1})
        return sorted(self.ids)

    def keep(self, other: set[int]) -> bool:
        self.ids.intersection_update(other, range(9))
        return not self.ids

    def operate(self, other: set[int]) -> set[int]:
        self.ids |= other
        self.ids &= {1, 2, 3, 4, 5}
        self.ids ^= {1}
        self.ids -= {2}
        return self.ids.copy()

    def join(self, group: str, n: int) -> int:
        self.groups[group].add(n)
        return 10 // n

    def empty(self, group: str) -> None:
        self.groups[group].clear()

    def found(self, group: str) -> None:
        if group not in self.groups:
            self.groups[group] = set()
