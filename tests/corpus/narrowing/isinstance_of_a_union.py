"""`isinstance` narrows each member of a union."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Circle:
    radius: int


@dataclass(frozen=True)
class Square:
    side: int


INPUTS = [("area",), ("put", Circle(3)), ("area",), ("put", Square(-2)), ("area",)]


class Shapes(Machine):
    last: Circle | Square | None = None

    def put(self, shape: Circle | Square) -> int:
        self.last = shape
        if isinstance(shape, Circle):
            return shape.radius * 3
        return shape.side

    def area(self) -> int:
        if isinstance(self.last, Square):
            return self.last.side**2
        elif isinstance(self.last, Circle):
            return self.last.radius**2 * 3
        return 0
