"""`list(xs)` is a copy: changes of one are not seen in the other."""

from camshaft import Machine


class Copy(Machine):
    xs: list[int] = [1, 2]

    def go(self, n: int) -> list[int]:
        kept = list(self.xs)
        self.xs.append(n)
        kept[0] = n + 1
        return kept
