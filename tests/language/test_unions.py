"""Unions: matching, narrowing, optionals. The types that tests establish are those that Python finds at run time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Union

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, Refusal
from generators.differential import agree, call

ANSWER = 42
NAME = "n"


@dataclass(frozen=True)
class Circle:
    radius: int


@dataclass(frozen=True)
class Square:
    side: int
    label: str = "square"


@dataclass(frozen=True)
class Group:
    members: tuple[Circle, Square]
    tags: list[str]


Shape = Circle | Square | Group


class Nothing(Refusal):
    pass


@dataclass(frozen=True)
class Idle:
    pass


@dataclass(frozen=True)
class Busy:
    owner: str
    queue: list[str]


class Lock(Machine):
    """The usual state machine: each input replaces the state that was matched."""

    state: Idle | Busy = Idle()
    seen: list[list[str]] = []

    def take(self, who: str) -> int:
        match self.state:
            case Idle():
                self.state = Busy(who, [])
                return 0
            case Busy(owner=owner, queue=queue):
                self.state = Busy(owner, [*queue, who])
                return len(queue)

    def give(self, who: str) -> str | None:
        match self.state:
            case Busy(owner, queue):
                if owner != who:
                    raise Nothing
                self.state = Idle()
                if queue:
                    self.state = Busy(queue[0], [name for name in queue if name != queue[0]])
                return queue[0] if queue else None
            case Idle():
                return None

    def rotate(self) -> int:
        total = 0
        for row in self.seen:
            self.seen = [[str(len(row))]]
            total += len(row)
        self.seen.append(["a", "b"])
        return total


def test_a_matched_state_may_be_replaced() -> None:
    names = ["a", "b", "c", "b"]
    agree(Lock, *(call("take", name) for name in names), *(call("give", name) for name in [*names, "c"]))
    agree(Lock, *[call("rotate")] * 3)


SHAPES = st.sampled_from(
    [Circle(2), Square(3), Square(1, "s"), Group((Circle(1), Square(2)), ["a", "b"]), Group((Circle(0), Square(0)), [])]
)


class Matching(Machine):
    shape: Shape = Circle(1)
    seen: list[Shape] = []
    count: int = 0

    def area(self, shape: Shape) -> int:
        match shape:
            case Circle(radius=r):
                return 3 * r * r
            case Square(side, label=label):
                return side * side + len(label)
            case Group(members=(pair)):
                return pair[0].radius

    def positional(self, shape: Shape) -> str:
        match shape:
            case Square(side, label):
                text = f"{side} {label}"
            case Group() as group:
                text = str(len(group.tags)) + str(shape.members[1].side)
            case other:
                text = f"other {other.radius}"
        return text

    def wildcard(self, shape: Shape) -> str:
        match shape:
            case Circle():
                return "circle"
            case _:
                self.count += 1
        return "not a circle"

    def alternatives(self, shape: Shape | None) -> int:
        match shape:
            case Circle() | Square():
                self.count += 10
            case None:
                raise Nothing
        return self.count

    def falls_through(self, shape: Shape) -> int:
        found = 0
        match shape:
            case Circle(r):
                found = r
            case Square():
                pass
        return found

    def store(self, shape: Circle | Square) -> None:
        self.shape = shape
        self.seen.append(shape)

    def change_while_matched(self) -> int:
        match self.shape:
            case Circle(radius):
                self.shape = Square(radius)
                return radius
            case Square(side=side):
                self.shape = Circle(radius=side + 1)
                return -side
            case Group():
                return 0

    def in_loop(self, shapes: list[Shape]) -> int:
        total = 0
        for shape in shapes:
            match shape:
                case Circle(r):
                    if r == 0:
                        continue
                    total += r
                case Square(side):
                    if side == 1:
                        break
                    total += side * 100
                case Group():
                    return -1
        return total

    def plain(self, number: int, text: str, flag: bool) -> str:
        match number:
            case 0:
                found = "zero"
            case 1 | 2:
                found = "few"
            case -1:
                found = "minus"
            case n if n > 10:
                found = f"many {n}"
            case int():
                found = "some"
        match text:
            case "a" | "b":
                found += "ab"
            case _ if flag:
                found += "flag"
        match flag:
            case True:
                found += "!"
            case False:
                found += "?"
        return found

    def of_class(self, square: Square) -> int:
        match square:
            case Square(side=side):
                return side

    def scalars(self, value: int | str | None) -> str:
        match value:
            case int(n):
                return f"int {n + 1}"
            case str():
                return "str " + value
            case None:
                return "none"


@given(SHAPES, st.lists(SHAPES, max_size=3), st.integers(-2, 12), st.sampled_from(["a", "b", "c"]), st.booleans())
def test_match_is_that_of_python(shape: Shape, shapes: list[Shape], number: int, text: str, flag: bool) -> None:
    small = shape if isinstance(shape, Circle | Square) else Circle(7)
    agree(
        Matching,
        call("area", shape),
        call("positional", shape),
        call("wildcard", shape),
        call("alternatives", shape),
        call("alternatives", None),
        call("falls_through", shape),
        call("store", small),
        call("change_while_matched"),
        call("change_while_matched"),
        call("in_loop", shapes),
        call("plain", number, text, flag),
        call("of_class", Square(number)),
        call("scalars", number),
        call("scalars", text),
        call("scalars", None),
    )


class Narrowing(Machine):
    best: Optional[int] = None  # noqa: UP045  # the older spelling is an annotation too
    name: Union[str, None] = None  # noqa: UP007
    box: Square | None = None

    def early(self, number: int | None) -> int:
        if number is None:
            return 0
        return number + 1

    def default(self, number: int | None = None) -> int:
        if number is None:
            number = ANSWER
        return number * 2

    def field(self, number: int) -> int:
        if self.best is None or number > self.best:
            self.best = number
            return self.best
        return self.best - number

    def both(self, a: int | None, b: int | None) -> int:
        if a is not None and b is not None:
            return a + b
        if a is None and b is None:
            return -1
        return a if a is not None else 0

    def negated(self, a: int | None) -> str:
        if a is not None:
            return str(a)
        return "none"

    def ternary(self, a: int | None, text: str | None) -> str:
        shown = "-" if a is None else str(a + 1)
        return shown + (text if text is not None else NAME) + (text or "empty")

    def truthy(self, a: int | None) -> int:
        if a:
            return a + 100
        return -1

    def asserted(self, a: int | None) -> int:
        assert a is not None, "needs a number"
        return a + 1

    def of_field(self, square: Square | None) -> int:
        self.box = square
        if self.box is not None:
            side = self.box.side
            self.box = None if side > 2 else Square(self.box.side + 1)
        return 0 if self.box is None else self.box.side

    def looped(self, numbers: list[int | None]) -> int:
        best: int | None = None
        for number in numbers:
            if number is None:
                continue
            if best is None or number > best:
                best = number
        return -100 if best is None else best

    def isinstances(self, value: int | str | Square) -> str:
        if isinstance(value, Square):
            return value.label
        if isinstance(value, (int, Square)):
            return str(value + 1)
        return value + "!"

    def widened(self, flag: bool) -> int | str | None:
        value: int | None = None
        if flag:
            value = 3
        return value

    def or_none(self, value: int | None) -> int:
        return (value or 0) + 1

    def reassigned(self, value: int | None) -> int | None:
        if value is not None:
            value += 1
        return value

    def nested(self, table: dict[str, int | None], key: str) -> str:
        found = table.get(key)
        if found is None:
            return "none"
        return str(found)

    def get_of_optional(self, table: dict[str, int | None], key: str) -> int | None:
        return table.get(key, 5)

    def equal(self, value: Square | None) -> bool:
        return value == Square(3) or self.box == value


MAYBE = st.none() | st.integers(-1, 3)


@given(MAYBE, MAYBE, st.none() | st.sampled_from(["", "x"]), st.booleans(), st.lists(MAYBE, max_size=3))
def test_narrowing_is_what_python_finds(
    a: int | None, b: int | None, text: str | None, flag: bool, numbers: list[int | None]
) -> None:
    square = None if a is None else Square(a, text or "s")
    agree(
        Narrowing,
        call("early", a),
        call("default", a),
        call("default"),
        call("field", b or 0),
        call("field", 1),
        call("both", a, b),
        call("negated", a),
        call("ternary", a, text),
        call("truthy", a),
        call("asserted", a),
        call("of_field", square),
        call("looped", numbers),
        call("isinstances", 5 if a is None else a),
        call("isinstances", text or "t"),
        call("isinstances", square or Square(1)),
        call("widened", flag),
        call("or_none", a),
        call("reassigned", a),
        call("nested", {"a": a}, "a"),
        call("get_of_optional", {"a": a}, text or "a"),
        call("equal", square),
    )


def test_the_order_of_a_unions_members_does_not_matter() -> None:
    from camshaft.language.pytypes import PY_INT, PY_NONE, PY_STR, core
    from camshaft.language.unions import union_of

    assert core(union_of((PY_INT, PY_NONE, PY_STR))) is core(union_of((PY_STR, PY_INT, PY_NONE)))
