"""What a machine remembers is in its fields, not in globals."""

from camshaft import Machine

TOTAL = 0


class Box(Machine):
    def go(self, n: int) -> int:
        global TOTAL  # error: CAM010
        return n
