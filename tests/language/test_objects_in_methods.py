"""Dataclasses, tuples, lists and dicts as values: made, nested, copied, taken apart."""

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


class Comprehensions(Machine):
    table: dict[str, int] = {"a": 1, "b": -2, "c": 3}
    rows: list[list[int]] = [[1, 2], [], [3]]

    def squares(self, numbers: list[int]) -> list[int]:
        return [n * n for n in numbers if n > 0 if n != 2]

    def flat(self) -> list[int]:
        return [cell + len(row) for row in self.rows for cell in row if cell != 2]

    def product(self, limit: int) -> list[tuple[int, int]]:
        return [(i, j) for i in range(limit) if i != 1 for j in range(i)]

    def nested(self) -> list[list[int]]:
        return [[cell * 2 for cell in row] for row in self.rows]

    def mapped(self) -> dict[str, int]:
        return {key + "!": value for key, value in self.table.items() if value > 0}

    def collide(self, numbers: list[int]) -> dict[int, str]:
        return {number % 2: str(number) for number in numbers}

    def scope(self, n: int) -> tuple[list[int], int]:
        return [n for n in range(3)], n

    def over_locals(self, limit: int) -> int:
        evens = [n for n in range(limit) if n % 2 == 0]
        by_size = {n: [m for m in evens if m < n] for n in evens}
        total = 0
        for n, smaller in by_size.items():
            total += n * len(smaller)
        return total

    def traps_inside(self, numbers: list[int]) -> list[int]:
        return [6 // n for n in numbers]

    def keys_and_values(self) -> tuple[list[str], list[int], list[tuple[str, int]]]:
        return list(self.table), list(self.table.values()), list(self.table.items())


@given(st.lists(st.integers(-1, 3), max_size=4), st.integers(-1, 4))
def test_comprehensions_are_those_of_python(numbers: list[int], n: int) -> None:
    agree(
        Comprehensions,
        call("squares", numbers),
        call("flat"),
        call("product", n),
        call("nested"),
        call("mapped"),
        call("collide", numbers),
        call("scope", n),
        call("over_locals", n),
        call("traps_inside", numbers),
        call("keys_and_values"),
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
