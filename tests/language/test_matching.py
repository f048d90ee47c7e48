"""`match` takes the case that Python takes, and names what Python names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call

LIMIT = 3


@dataclass(frozen=True)
class Point:
    x: int
    y: int
    label: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Line:
    start: Point
    end: Point


@dataclass(frozen=True)
class Named:
    name: str
    of: Point | Line | None = None


Shape = Point | Line | Named


@dataclass(frozen=True)
class Idle:
    pass


@dataclass(frozen=True)
class Running:
    since: int


@dataclass(frozen=True)
class Start:
    at: int


@dataclass(frozen=True)
class Stop:
    at: int


class Matching(Machine):
    state: Idle | Running = Idle()
    limit: int = 2
    seen: int = 0
    rows: list[list[int]] = [[1], [2, 3]]
    value: int | str | None = None

    def shape(self, shape: Shape) -> str:
        match shape:
            case Point(0, 0):
                return "origin"
            case Point(x=0, y=y) | Point(x=y, y=0):
                return "axis " + str(y)
            case Point(x, y) if x == y:
                return "diagonal"
            case Point(label="here" as text):
                return text
            case Point():
                return "point"
            case Line(Point(x=a), Point(x=b)) if a > b:
                return "left"
            case Line(start=Point(0, 0) as start) | Line(end=Point(0, 0) as start):
                return "line from " + str(start.x)
            case Line(end=end):
                return "line to " + str(end.x)
            case Named(of=None):
                return "nothing"
            case Named("p", Point(x, _)):
                return "named point " + str(x)
            case Named(name, Line() as line):
                return name + str(line.start.y)
            case Named(of=Point()) as whole:
                return whole.name
            case _:
                raise AssertionError("a type checker sees less")

    def event(self, event: Start | Stop) -> str:
        match (self.state, event):
            case Idle(), Start(at):
                self.state = Running(at)
                return "started"
            case Running(since=since), Stop(at=at) if at >= since:
                self.state = Idle()
                return "ran for " + str(at - since)
            case Running(), Stop():
                return "stopped before it started"
            case Idle(), Stop():
                return "idle"
            case Running(since), Start(at):
                return str(since) + str(at)
            case other:
                assert_never(other)  # type: ignore[arg-type]  # mypy does not see that nothing is left

    def number(self, number: int) -> str:
        match number:
            case 0:
                return "zero"
            case -1 | 1:
                return "one"
            case self.limit:
                return "the limit"
            case int(n) if n < 0 and self._saw():
                return "negative"
            case n if n > 5:
                return "many " + str(n)
            case _:
                return "few"

    def _saw(self) -> bool:
        self.seen += 1
        return self.seen % 2 == 0

    def member(self, value: int | str | None) -> str:
        match value:
            case None:
                return "none"
            case 0 | "":
                return "empty"
            case "a" | "b" as letter:
                return letter
            case str(text) if len(text) > 2:
                return text[:2]
            case int() if value > 3:
                return str(value)
            case int() | str():
                return "other"

    def flag(self, flag: bool, other: bool) -> int:
        match flag, other:
            case True, True:
                return 1
            case False, _:
                return 2
            case _, False:
                return 3
            case _:
                return 4

    def items(self, items: list[int]) -> str:
        match items:
            case []:
                return "empty"
            case [0]:
                return "zero"
            case [one]:
                return str(one)
            case [1, *rest] if rest:
                return str(rest[0]) + str(len(rest))
            case [first, *_, last] if first == last:
                return "same"
            case (first, second):
                return str(first - second)
            case [*_, 3] | [3, *_]:
                return "three"
            case [_, *middle, _]:
                return "more " + str(len(middle))
            case _:
                return "nothing is left"

    def sequence(self, given: tuple[int, ...], pair: tuple[int, str]) -> str:
        match given:
            case (1, *others):
                found = len(others)
            case _:
                found = -1
        match pair:
            case (0, text):
                return text
            case (number, "x" | "y"):
                return str(number + found)
            case (number, *_):
                return "-" + str(number)

    def falls(self, value: int | str | None) -> int:
        self.value = value
        found = 0
        match self.value:
            case int():
                self.value += 1
                found = 1
            case "stop":
                return -1
        match value:
            case str() if value == "x":
                found += 10
            case int(found):
                found += 5
        return found

    def nested(self, rows: list[list[int]]) -> list[int]:
        match rows:
            case [[_], [b, *c]]:
                return c + rows[0] + c[:b]
            case [[], *_]:
                return []
            case [first, *rest]:
                lengths = [len(one) for one in rest]
                return first + lengths
        return [-1]

    def of_state(self) -> int:
        match self.rows:
            case [[a, *_], *rest]:
                return a + len(rest)
            case _:
                return 0

    def within_loop(self, shapes: list[Shape]) -> int:
        total = 0
        for shape in shapes:
            match shape:
                case Point(x=0):
                    continue
                case Point(x=x) if x > 3:
                    break
                case Point(x, y):
                    total += x * y
                case Line() | Named():
                    total += 100
        else:
            total += 1000
        return total


POINTS = st.builds(Point, st.integers(-1, 4), st.integers(0, 2), label=st.sampled_from(["", "here"]))
LINES = st.builds(Line, POINTS, POINTS)
SHAPES = POINTS | LINES | st.builds(Named, st.sampled_from(["p", "q"]), st.none() | POINTS | LINES)
EVENTS = st.builds(Start, st.integers(0, 3)) | st.builds(Stop, st.integers(0, 3))
VALUES = st.none() | st.integers(-1, 5) | st.sampled_from(["", "a", "b", "stop", "x", "abc"])


@given(SHAPES, EVENTS, EVENTS, st.lists(SHAPES, max_size=3))
def test_classes(shape: Shape, event: Start | Stop, other: Start | Stop, shapes: list[Shape]) -> None:
    agree(
        Matching,
        call("shape", shape),
        call("event", event),
        call("event", other),
        call("event", event),
        call("within_loop", shapes),
    )


@given(st.integers(-2, 7), VALUES, st.booleans(), st.booleans())
def test_values(number: int, value: int | str | None, flag: bool, other: bool) -> None:
    agree(
        Matching,
        call("number", number),
        call("number", -number),
        call("number", -2),
        call("member", value),
        call("flag", flag, other),
        call("falls", value),
    )


NUMBERS = st.lists(st.integers(0, 3), max_size=4)


@given(NUMBERS, st.lists(NUMBERS, max_size=3), st.sampled_from(["x", "z"]))
def test_sequences(numbers: list[int], rows: list[list[int]], text: str) -> None:
    agree(
        Matching,
        call("items", numbers),
        call("sequence", tuple(numbers), (len(numbers), text)),
        call("nested", rows),
        call("of_state"),
        rows=rows,
    )
