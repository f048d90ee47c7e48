"""`sorted(s)` is the way to see a set's members."""

from camshaft import Machine


class Sorted(Machine):
    seen: set[int] = {3, 1}

    def add(self, xs: list[int]) -> list[int]:
        for x in xs:
            self.seen.add(x)
        return sorted(self.seen)

    def loop(self) -> int:
        total = 0
        for i, x in enumerate(sorted(self.seen)):
            total += i * x
        return total
