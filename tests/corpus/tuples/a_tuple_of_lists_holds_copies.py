"""A tuple made of copies does not see later changes."""

from camshaft import Machine


class Holds(Machine):
    xs: list[int] = [1]

    def go(self, n: int) -> tuple[list[int], int]:
        kept = (list(self.xs), len(self.xs))
        self.xs.append(n)
        return kept
