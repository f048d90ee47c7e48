"""A new instance starts somewhere."""

from camshaft import Machine


class Box(Machine):
    n: int  # error: CAM026

    def go(self) -> int:
        return self.n
