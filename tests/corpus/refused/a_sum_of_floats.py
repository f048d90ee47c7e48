"""`sum` of floats differs between versions of Python."""

from camshaft import Machine


class Box(Machine):
    def go(self, xs: list[float]) -> float:
        return sum(xs)  # error: CAM024
