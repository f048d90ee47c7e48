"""The caller could change the state in Python."""

from camshaft import Machine


class Box(Machine):
    xs: list[int] = []

    def go(self, xs: list[int]) -> None:
        self.xs = xs  # error: CAM012
