"""`extend`, `reverse`, `clear` and `copy`."""

from camshaft import Machine


class Methods(Machine):
    xs: list[int] = [1, 2]

    def extend(self, ys: list[int]) -> int:
        self.xs.extend(ys)
        return len(self.xs)

    def reverse(self) -> int:
        self.xs.reverse()
        return self.xs[0]

    def clear(self, n: int) -> list[int]:
        kept = self.xs.copy()
        self.xs.clear()
        self.xs.append(n)
        return kept
