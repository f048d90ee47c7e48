"""Floats are compared, tested and stored; 0.0 and -0.0 are false."""

from camshaft import Machine


class Truth(Machine):
    table: dict[str, float] = {}

    def put(self, k: str, x: float) -> int:
        self.table[k] = x
        if not x:
            return 0
        return 1 if x > 0 else -1

    def largest(self) -> float:
        return max(self.table.values(), default=-1.5)

    def sorted(self, xs: list[float]) -> list[float]:
        return sorted(xs) + [min(xs), max(xs)]
