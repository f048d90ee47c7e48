"""And where they go out."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int):  # error: CAM016
        return n
