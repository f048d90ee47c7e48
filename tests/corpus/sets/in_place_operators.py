"""`|=`, `-=`, `&=` change the set."""

from camshaft import Machine


class InPlace(Machine):
    kept: set[int] = {1, 2, 3}

    def add(self, other: set[int]) -> int:
        self.kept |= other
        return len(self.kept)

    def drop(self, other: set[int]) -> list[int]:
        self.kept -= other
        return sorted(self.kept)
