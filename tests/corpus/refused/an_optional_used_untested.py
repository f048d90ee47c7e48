"""It may be None."""

from camshaft import Machine


class Box(Machine):
    x: int | None = None

    def go(self) -> int:
        return self.x + 1  # error: CAM024
