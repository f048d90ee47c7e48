"""A field must be declared."""

from camshaft import Machine


class Box(Machine):
    count: int = 0

    def go(self) -> int:
        self.cuont = 1  # error: CAM017
        return self.count
