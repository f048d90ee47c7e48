"""Python would return None."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> int:
        if n > 0:  # error: CAM020
            return n
