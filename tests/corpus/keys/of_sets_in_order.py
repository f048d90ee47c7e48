"""Sets of tuples of any length are gone through in the order of the tuples, as `sorted` has it."""

from camshaft import Machine


class Words(Machine):
    parts: set[tuple[int, ...]] = {(2, 1), (), (2,)}

    def add(self, part: tuple[int, ...]) -> list[tuple[int, ...]]:
        self.parts.add(part)
        self.parts |= {(len(part),), part + part}
        return sorted(self.parts)

    def least(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return min(self.parts), max(self.parts)

    def all_of(self, n: int) -> int:
        return sum(len(one) for one in sorted(self.parts) if n in one)

    def backwards(self) -> list[int]:
        return [sum(one) for one in sorted(self.parts, reverse=True)]

    def by_length(self) -> list[tuple[int, ...]]:
        return sorted(sorted(self.parts), key=len)
