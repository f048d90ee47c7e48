"""Python raises TypeError."""

from camshaft import Machine


class Box(Machine):
    def go(self, n: int) -> str:
        return "n = " + n  # error: CAM024
