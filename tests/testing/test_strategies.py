"""Strategies from a machine's interface: every type of the language can be drawn, and what is drawn is of its type."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, testing
from camshaft.client.binding import Binding
from camshaft.language.objects import to_value
from camshaft.testing import Call
from camshaft.values.conformance import conforms


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Tag:
    name: str
    colour: Colour | None = None


class Shelf(Machine):
    n: int = 0

    def scalars(self, a: int, b: bool, c: str, d: float, e: bytes, f: datetime, g: timedelta) -> None:
        self.n += a

    def containers(
        self, a: list[int], b: dict[str, Tag], c: set[str], d: frozenset[int], e: tuple[int, str], f: tuple[str, ...]
    ) -> None:
        self.n += 1

    def choices(self, a: Colour, b: Literal["x", "y"], c: int | str | None, d: Tag | list[Tag], e: None) -> None:
        self.n += 1


BINDING = Binding(Shelf)


@given(testing.inputs(Shelf, keys=["a", "b"]))
def test_what_is_drawn_is_a_call_of_the_machine(calls: list[Call]) -> None:
    for one in calls:
        assert one.key in ("a", "b")
        made = BINDING.call(BINDING.address(one.key), one.method, one.args, one.kwargs)
        assert all(conforms(type_, made.arguments[name]) for name, type_ in made.method.domain.fields)


@given(st.data())
def test_objects_are_of_their_type(data: st.DataObject) -> None:
    for found in BINDING.compiled.methods.values():
        for parameter in found.parameters:
            drawn: Any = data.draw(testing.objects(parameter.type))
            to_value(parameter.type, drawn)


@given(testing.inputs(Shelf, only=["scalars"], a=st.just(7), max_size=3))
def test_parameters_and_methods_can_be_chosen(calls: list[Call]) -> None:
    assert len(calls) <= 3
    assert all(one.method == "scalars" and one.kwargs["a"] == 7 for one in calls)


def test_a_parameter_that_no_method_has_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="Shelf has no method or parameter shake, z"):
        testing.inputs(Shelf, only=["shake"], z=st.none())
