"""The two fields would share it."""

from camshaft import Machine


class Box(Machine):
    a: list[int] = []
    b: list[int] = []

    def go(self) -> None:
        self.b = self.a  # error: CAM012
