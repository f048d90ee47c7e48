"""`update`, `difference_update`, `intersection_update`, `symmetric_difference_update`, `clear`."""

from camshaft import Machine


class Change(Machine):
    kept: set[int] = {1, 2, 3}

    def add(self, other: set[int]) -> int:
        self.kept.update(other)
        return len(self.kept)

    def drop(self, other: set[int]) -> list[int]:
        self.kept.difference_update(other)
        return sorted(self.kept)

    def keep(self, other: set[int]) -> list[int]:
        self.kept.intersection_update(other)
        return sorted(self.kept)

    def flip(self, other: set[int]) -> list[int]:
        self.kept.symmetric_difference_update(other)
        return sorted(self.kept)

    def clear(self) -> int:
        self.kept.clear()
        return len(self.kept)
