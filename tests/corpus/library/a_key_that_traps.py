"""A `key=` that traps for one element traps the whole."""

from camshaft import Machine


class Traps(Machine):
    def go(self, xs: list[int]) -> list[int]:
        return sorted(xs, key=lambda x: 12 // x)
