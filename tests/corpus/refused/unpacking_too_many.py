"""Python raises ValueError."""

from camshaft import Machine


class Box(Machine):
    def go(self, pair: tuple[int, int]) -> int:
        a, b, c = pair  # error: CAM014
        return a
