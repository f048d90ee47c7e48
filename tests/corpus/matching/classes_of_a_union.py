"""`case Circle():` narrows to the class; None has a case of its own."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Circle:
    radius: int


@dataclass(frozen=True)
class Square:
    side: int


INPUTS = [("area", shape) for shape in (None, Circle(2), Square(3), Square(-1))] + [("last",)]


class Shapes(Machine):
    kept: Circle | Square | None = None

    def area(self, shape: Circle | Square | None) -> int:
        self.kept = shape
        match shape:
            case Circle(radius=r):
                return 3 * r * r
            case Square(side) if side > 0:
                return side * side
            case Square():
                return 0
            case None:
                return -1

    def last(self) -> bool:
        match self.kept:
            case None:
                return False  # never runs
            case _:
                return True
