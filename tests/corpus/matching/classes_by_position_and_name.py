"""Class patterns take fields by position and by name, nested."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Point:
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    start: Point
    end: Point


INPUTS = [
    ("go", shape)
    for shape in (
        None,
        Point(0, 0),
        Point(5, 0),
        Point(0, 6),
        Point(3, 4),
        Line(Point(7, 8), Point(7, 9)),
        Line(Point(1, 8), Point(7, 9)),
        Line(Point(2, 8), Point(7, 9)),
    )
]


class Shapes(Machine):
    def go(self, shape: Point | Line | None) -> int:
        match shape:
            case Point(0, 0):
                return 0
            case Point(x, 0) | Point(0, x):
                return x
            case Point(x=x, y=y):
                return x * 1000 + y
            case Line(Point(a, b), end=Point(c)) if a == c:
                return b
            case Line(start=Point(x=1)):
                return 1
            case Line():
                return 2
            case None:
                return -1
