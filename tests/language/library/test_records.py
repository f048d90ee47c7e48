"""`dataclasses.replace`, in Python and as bytecode."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace

from camshaft import Machine
from generators.differential import agree, call


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0
    label: str = ""


@dataclass(frozen=True)
class Path:
    start: Point
    stops: list[int]


class Map(Machine):
    here: Point = Point(1, 2, "here")
    marks: dict[str, Point] = {}
    path: Path = Path(Point(0), [1, 2])
    steps: int = 0

    def move(self, dx: int) -> Point:
        self.here = replace(self.here, x=self.here.x + dx)
        return self.here

    def rename(self, name: str, label: str) -> None:
        self.marks[name] = dataclasses.replace(self.marks[name], label=label, x=len(label))

    def mark(self, name: str) -> Point:
        copy = replace(self.here)
        self.marks[name] = copy
        return copy

    def begin(self, x: int) -> Path:
        self.path = replace(self.path, start=replace(self.path.start, x=x), stops=list(self.path.stops))
        return self.path

    def in_order(self, at: int) -> Point:
        return replace(self._next(), y=self._step() // at, x=self._step())

    def _next(self) -> Point:
        self.steps += 1
        return Point(self.steps)

    def _step(self) -> int:
        self.steps += 10
        return self.steps


def test_what_is_not_given_stays() -> None:
    assert agree(Map, call("move", 5), call("mark", "a"), call("rename", "a", "long"), call("begin", 9)) == [
        Point(6, 2, "here"),
        Point(6, 2, "here"),
        None,
        Path(Point(9), [1, 2]),
    ]


def test_the_object_is_evaluated_first_and_once_then_the_changes_in_their_order() -> None:
    assert agree(Map, call("in_order", 2), call("in_order", 0), call("in_order", 1)) == [
        Point(21, 5),
        ZeroDivisionError,
        Point(42, 32),
    ]


def test_an_object_that_is_not_there_is_missed_before_the_changes() -> None:
    assert agree(Map, call("rename", "nobody", "x")) == [KeyError]
