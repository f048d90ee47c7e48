"""A case for each member of a union, and one for None."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Circle:
    radius: int


@dataclass(frozen=True)
class Square:
    side: int


INPUTS = [("area", shape) for shape in (None, Circle(2), Square(3), Circle(-1))]


class Shapes(Machine):
    kept: Circle | Square | None = None

    def area(self, shape: Circle | Square | None) -> int:
        before = self.kept
        self.kept = shape
        match shape:
            case Circle(radius=r):
                return 3 * r * r
            case Square(side):
                return side * side
            case None:
                return -1 if before is None else -2
