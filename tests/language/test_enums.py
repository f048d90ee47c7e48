"""Enums, literals and other names for types mean what they mean in Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto, unique
from typing import Annotated, Literal, NewType, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, Refusal
from generators.differential import agree, call


class Color(Enum):
    RED = "r"
    GREEN = "g"
    BLUE = "b"
    LIME = "g"  # another name of GREEN


@unique
class Level(Enum):
    LOW = auto()
    HIGH = auto()


Status = Literal["open", "closed", "held"]
UserId = NewType("UserId", str)
Amount: TypeAlias = int | None
Tags = list["str"]
FAVOURITE = Color.BLUE
UP = "!"


@dataclass(frozen=True)
class Paint:
    color: Color = Color.RED
    layers: list[int] = field(default_factory=list)


class NoPaint(Refusal):
    color: Color
    status: Status = "open"


class Shop(Machine):
    color: Color = Color.RED
    level: Level | None = None
    status: Status = "open"
    step: Literal[1, 2, -3] = 1
    maybe: Status | None = None
    stock: dict[Color, int] = field(default_factory=dict)
    paint: Paint = field(default_factory=Paint)
    seen: set[Color] = field(default_factory=set)
    owner: UserId = UserId("me")
    amount: Amount = None
    tags: Tags = field(default_factory=list)
    size: Annotated[int, "in litres"] = field(default=3)

    def paint_it(self, color: Color) -> bool:
        changed = self.color != color
        self.color = color
        self.stock[color] = self.stock.get(color, 0) + 1
        self.seen.add(color)
        self.paint = Paint(color, list(self.paint.layers))
        return changed

    def asked(self, color: Color) -> list[bool]:
        return [
            color == Color.RED,
            color is Color.GREEN,
            color is not Color.LIME,
            color in (Color.RED, Color.BLUE),
            color in self.stock,
            color == FAVOURITE,
            bool(color),
            color == self.color,
        ]

    def shown(self, color: Color) -> list[str]:
        return [color.name, color.value, str(color), f"{color}", Color.RED.name, Color.BLUE.value + UP]

    def number(self, level: Level) -> int:
        return level.value + Level.HIGH.value

    def of_value(self, text: str) -> Color:
        return Color(text)

    def of_name(self, text: str) -> Color:
        return Color[text]

    def of_number(self, n: int) -> Level:
        return Level(n)

    def every(self) -> list[str]:
        names: list[str] = []
        for color in Color:
            names.append(color.name)
        return names + [color.value for color in Color] + [one.name for one in list(Color)]

    def described(self, color: Color) -> str:
        match color:
            case Color.RED:
                return "warm"
            case Color.GREEN | Color.BLUE | Color.LIME:
                return "cold"

    def described_status(self, status: Status) -> int:
        match status:
            case "open":
                return 1
            case "closed" | "held":
                return 2

    def raised(self, level: Level | None) -> str:
        self.level = level
        if self.level is None:
            return "none"
        if self.level is Level.LOW:
            return "low"
        return self.level.name

    def set_status(self, status: Status) -> str:
        before = self.status
        self.status = status
        if status == "held":
            self.maybe = status
        elif self.maybe is not None and self.maybe != "open":
            self.maybe = None
        return before + "-" + status + f"{status}" + str(status) + status[0]

    def close(self) -> bool:
        self.status = "closed" if self.status == "open" else "open"
        return self.status in ("open", "held")

    def lookup(self, status: Status, prices: dict[str, int]) -> int:
        return prices[status] + len(status)

    def go(self, step: Literal[1, 2, -3]) -> int:
        self.step = step
        total = step + 1
        if step < 2 or self.step == -3:
            total *= step
        return total - self.step

    def steps(self) -> list[Status]:
        states: list[Status] = ["open", "held"]
        states.append("closed")
        return states

    def sorted_states(self, states: set[Status], listed: list[Status]) -> list[str]:
        return sorted(states, reverse=True) + [str(one) for one in sorted(listed)] + sorted({one for one in listed})

    def steps_in_all(self, steps: set[Literal[1, 2, -3]]) -> tuple[int, int]:
        return sum(steps), max(steps)

    def refuse(self, color: Color) -> None:
        raise NoPaint(color, self.status)

    def refuse_by_default(self) -> None:
        raise NoPaint(Color.BLUE)

    def own(self, owner: UserId) -> UserId:
        self.owner = owner
        self.tags.append(owner)
        self.owner = UserId(owner + "!")
        self.amount = self.size
        return self.owner


colors = st.sampled_from(list(Color))
statuses = st.sampled_from(["open", "closed", "held"])


@given(colors, colors, st.sampled_from(["r", "g", "x", "RED", "LIME", "lime"]))
def test_enums(color: Color, other: Color, text: str) -> None:
    agree(
        Shop,
        call("paint_it", color),
        call("paint_it", other),
        call("asked", color),
        call("shown", color),
        call("described", color),
        call("of_value", text),
        call("of_name", text),
        call("every"),
        call("refuse", color),
        call("refuse_by_default"),
    )


def test_enums_of_numbers_and_in_unions() -> None:
    agree(
        Shop,
        *(call("raised", level) for level in (Level.LOW, None, Level.HIGH)),
        *(call("number", level) for level in Level),
        *(call("of_number", n) for n in (1, 2, 3)),
    )


@given(statuses, statuses, st.sampled_from([1, 2, -3]))
def test_literals(status: str, other: str, step: int) -> None:
    agree(
        Shop,
        call("set_status", status),
        call("set_status", other),
        call("close"),
        call("described_status", status),
        call("lookup", status, {"open": 1, "held": 2}),
        call("go", step),
        call("steps"),
        call("sorted_states", {status, other}, [other, status, "held"]),
        call("steps_in_all", {step, 2}),
        call("steps_in_all", set()),
    )


def test_other_names_of_types_and_default_factories() -> None:
    agree(Shop, call("own", UserId("you")), call("own", UserId("they")))
    assert Shop().paint == Paint()
    assert Shop().stock is not Shop().stock
