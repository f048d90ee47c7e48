"""One name, one type."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> str:
        x = n
        x = str(n)  # error: CAM015
        return x  # error: CAM014
