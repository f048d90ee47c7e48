"""A trap for one element ends the whole, and nothing is stored."""

from camshaft import Machine


class Stops(Machine):
    kept: list[int] = [1]

    def go(self, xs: list[int]) -> int:
        self.kept = [12 // x for x in xs]
        return len(self.kept)
