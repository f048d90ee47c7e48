"""Nothing says what it will hold."""

from camshaft import Machine


class Box(Machine):
    def go(self) -> int:
        xs = []  # error: CAM025
        return len(xs)
