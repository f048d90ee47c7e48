"""Calls: of the machine's own methods, and of classes and builtins that make values."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, Refusal
from generators.differential import agree, call


@dataclass(frozen=True)
class Point:
    x: int
    y: int = 0


@dataclass(frozen=True, kw_only=True)
class Path:
    name: str
    points: list[Point] = field(default_factory=list)
    start: Point | None = None


class Far(Refusal):
    point: Point
    limits: dict[str, int]


class Objects(Machine):
    points: dict[Point, str] = {}
    paths: list[Path] = []
    flags: dict[bool, int] = {}
    pairs: dict[tuple[int, str], int] = {}

    def make(self, x: int, y: int) -> list[Point]:
        return [Point(x), Point(x, y), Point(y=y, x=x), Point(y=x // y, x=y)]

    def key(self, x: int) -> str:
        self.points[Point(x)] = "p"
        self.points[Point(x, 0)] += str(x)
        self.flags[x > 0] = x
        self.pairs[x, "a"] = x
        self.pairs[(x, "a")] -= 1
        return self.points[Point(y=0, x=x)]

    def path(self, name: str, points: list[Point]) -> Path:
        own = [point for point in points if point.x >= 0]
        path = Path(points=own, name=name)
        self.paths.append(path)
        self.paths[-1].points.append(Point(9))
        return Path(name=name + "!", start=Point(1), points=[])

    def refuse(self, x: int) -> int:
        if x > 1:
            raise Far(Point(x), limits={"x": 1, "y": x})
        return x

    def swap(self, pair: tuple[int, str]) -> tuple[str, int]:
        number, text = pair
        return (text, number)

    def tuples(self, x: int) -> tuple[tuple[int, ...], tuple[Point, bool], int]:
        many = (x, x + 1, x + 2)
        return (many[0], many[-1]), (Point(many[1]), x > 0), len(many)

    def equal(self, a: Point, b: Point) -> list[bool]:
        return [a == b, a != b, a in [b], (a, 1) == (b, 1)]

    def copies(self, numbers: list[int], table: dict[str, int]) -> tuple[list[int], dict[str, int], int]:
        own = list(numbers)
        own.append(1)
        copied = dict(table)
        copied["new"] = len(numbers)
        return (own, copied, len(numbers) + len(table))


@given(st.integers(-1, 3), st.integers(-1, 3), st.lists(st.integers(-1, 2), max_size=3))
def test_objects_are_those_of_python(x: int, y: int, numbers: list[int]) -> None:
    points = [Point(number, y) for number in numbers]
    agree(
        Objects,
        call("make", x, y),
        call("key", x),
        call("key", y),
        call("path", "p", points),
        call("refuse", x),
        call("swap", (x, "s")),
        call("tuples", x),
        call("equal", Point(x), Point(y)),
        call("copies", numbers, {"a": x}),
    )


class Helpers(Machine):
    count: int = 0
    names: list[str] = []

    def run(self, n: int) -> int:
        return self._twice(self._twice(n, by=2)) + self.public(n)

    def _twice(self, n: int, by: int = 3, *, plus: int = 0) -> int:
        self._note(f"twice {n}")
        return n * by + plus

    def _note(self, text: str) -> None:
        self.count += 1
        self.names.append(text)

    def public(self, n: int = 5) -> int:
        """A public method that another one calls."""
        self.count += n
        if n > 2:
            return self._twice(n, plus=1)
        return n

    def guarded(self, n: int) -> None:
        self._check(n)
        self.count = n

    def _check(self, n: int) -> None:
        if n < 0:
            raise Negative(n)
        assert n < 3

    def lists(self, n: int) -> list[int]:
        found = self._range(n)
        found.append(self._longest(found, [1, 2]))
        return found

    def _range(self, n: int) -> list[int]:
        return [i for i in range(n)]

    def _longest(self, a: list[int], b: list[int]) -> int:
        return len(a) if len(a) > len(b) else len(b)

    def _unused(self) -> str:
        return "never called"


class Negative(Refusal):
    n: int


@given(st.integers(-2, 4))
def test_helpers_are_called_as_in_python(n: int) -> None:
    agree(Helpers, call("run", n), call("public"), call("public", n), call("guarded", n), call("lists", n))
