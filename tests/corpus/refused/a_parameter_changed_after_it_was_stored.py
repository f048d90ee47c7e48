"""It is still the caller's object."""

from camshaft import Machine


class Box(Machine):
    xs: list[int] = []

    def go(self, xs: list[int]) -> None:
        self.xs = xs
        xs.append(1)  # error: CAM021
