"""`1` and `1.0` are shown and divided differently."""

from camshaft import Machine


class Box(Machine):
    x: float = 0.0

    def go(self, n: int) -> float:
        self.x = n  # error: CAM014
        return n  # error: CAM014
