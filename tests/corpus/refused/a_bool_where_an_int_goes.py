"""`True + 1` is 2 in Python, and a bool as an int would be shown as True."""

from camshaft import Machine


class Box(Machine):
    n: int = 0

    def go(self, flag: bool) -> int:
        self.n = flag  # error: CAM014
        return self.n
