"""Python would raise UnboundLocalError on the other way."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> int:
        if n > 0:
            x = n
        return x  # error: CAM013
