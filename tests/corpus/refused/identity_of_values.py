"""Values have none."""

from camshaft import Machine


class Box(Machine):
    xs: list[int] = []

    def go(self, ys: list[int]) -> bool:
        return self.xs is ys  # error: CAM024
