"""It has no value any more."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> int:
        x = n
        del x  # error: CAM010
        return n
