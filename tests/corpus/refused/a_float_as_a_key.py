"""`0.1 + 0.2` would not find `0.3`."""

from camshaft import Machine


class Box(Machine):
    table: dict[float, int] = {}  # error: CAM016

    def go(self) -> int:
        return 1
