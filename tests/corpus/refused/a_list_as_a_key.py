"""A list has no hash."""

from camshaft import Machine


class Box(Machine):
    table: dict[list[int], int] = {}  # error: CAM016

    def go(self) -> int:
        return 1
