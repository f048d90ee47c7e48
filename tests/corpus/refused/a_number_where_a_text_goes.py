"""Types are checked where values go."""

from camshaft import Machine


class Box(Machine):
    name: str = ""

    def go(self, n: int) -> str:
        self.name = n  # error: CAM014
        return n  # error: CAM014
