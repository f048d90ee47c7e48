"""Python raises FrozenInstanceError."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Point:
    x: int


class Box(Machine):
    at: Point = Point(0)

    def go(self) -> None:
        self.at.x = 1  # error: CAM010
