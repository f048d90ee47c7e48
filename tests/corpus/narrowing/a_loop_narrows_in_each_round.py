"""An optional variable is narrowed and set again within a loop."""

from camshaft import Machine


class Largest(Machine):
    def of(self, xs: list[int]) -> int | None:
        best: int | None = None
        for x in xs:
            if best is None or x > best:
                best = x
        return best
