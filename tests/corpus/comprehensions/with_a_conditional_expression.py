"""`[a if c else b for …]` decides for each element."""

from camshaft import Machine


class Conditional(Machine):
    limit: int = 2

    def go(self, xs: list[int]) -> list[str]:
        return ["big" if x > self.limit else "zero" if x == 0 else "small" for x in xs]
