"""A parameter may be stored, but only in one place."""

from camshaft import Machine


class Box(Machine):
    xs: list[int] = []
    ys: list[int] = []

    def go(self, xs: list[int]) -> None:
        self.xs = xs
        self.ys = xs  # error: CAM012
