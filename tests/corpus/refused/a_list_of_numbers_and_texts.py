"""Elements are of one type."""

from camshaft import Machine


class Box(Machine):
    def go(self) -> list[int]:
        return [1, "two"]  # error: CAM014
