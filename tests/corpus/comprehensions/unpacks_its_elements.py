"""`for a, b in pairs` within a comprehension."""

from camshaft import Machine


class Unpack(Machine):
    def go(self, pairs: list[tuple[int, int]]) -> list[int]:
        return [a - b for a, b in pairs if a != b]
