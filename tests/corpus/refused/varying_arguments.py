"""A method says what it takes."""

from camshaft import Machine


class Box(Machine):
    def go(self, *numbers: int) -> int:  # error: CAM010
        return 1
