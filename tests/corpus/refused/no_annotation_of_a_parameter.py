"""Types are written where values come in."""

from camshaft import Machine


class Box(Machine):
    def go(self, n) -> int:  # error: CAM016
        return 1
