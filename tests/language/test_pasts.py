"""`was` and `drops`: nothing in plain Python, nothing in the program, and refused where they would say nothing."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import pytest

import camshaft as cam
from camshaft.bytecode.encoding import program_id
from camshaft.language.compile import compile_machine
from camshaft.language.pasts import class_was, dropped_by, members_were

HEAD = "from dataclasses import dataclass\nfrom typing import Annotated\nfrom camshaft import Machine, drops, was\n"
MARKED = """
@drops("old")
@dataclass
class Line:
    n: Annotated[int, was("m")]

@drops("legacy")
class Till(Machine):
    total: Annotated[int, was("sum")] = 0
    lines: Annotated["list[Line]", was("rows")] = []
"""
PLAIN = """
@dataclass
class Line:
    n: int

class Till(Machine):
    total: int = 0
    lines: list[Line] = []
"""


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
def test_they_are_read_from_annotations_and_change_no_program(future: str) -> None:
    (marked,), (plain,) = (cam.compile_source(future + HEAD + text) for text in (MARKED, PLAIN))
    found = compile_machine(marked)
    assert [field.was for field in found.state_type_py.fields] == ["sum", "rows"]
    assert dropped_by(marked) == ("legacy",)
    assert program_id(found.program) == program_id(compile_machine(plain).program)
    assert marked(total=3).total == 3  # type: ignore[attr-defined]


def test_a_class_and_members_of_an_enum_say_what_they_were() -> None:
    @cam.was("Cash")
    class Money:
        pass

    @cam.was(CLOSED="SHUT")
    class Status(Enum):
        OPEN = 1
        CLOSED = 2

    assert class_was(Money) == "Cash"
    assert members_were(Status) == {"CLOSED": "SHUT"}
    assert (class_was(Enum), dropped_by(Money)) == ("", ())


@pytest.mark.parametrize("wrong", [{}, {"a": "not a name"}])
def test_a_was_without_a_name_is_an_error(wrong: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="`was` takes one old name"):
        cam.was(**wrong)


def test_marks_at_the_wrong_place_are_errors() -> None:
    with pytest.raises(TypeError, match='`@was\\("OldName"\\)` above a dataclass'):
        cam.was(A="B")(int)
    with pytest.raises(TypeError, match="`drops` takes the names"):
        cam.drops()

    class Colour(Enum):
        RED = 1

    with pytest.raises(TypeError, match="has no member BLUE"):
        cam.was(BLUE="RED")(Colour)


@pytest.mark.parametrize("annotation", ['list[Annotated[int, was("m")]]', "Annotated[int, was(NAME)]"])
def test_a_was_that_is_about_no_field_is_refused(annotation: str) -> None:
    for future in ("", "from __future__ import annotations\n"):
        text = f"NAME = 'x'\nclass A(Machine):\n    n: {annotation} = 0\n"
        if "NAME" in annotation and not future:
            continue  # Python has read it
        with pytest.raises(cam.CompileError, match="field"):
            cam.compile_source(future + HEAD + text)


def typed(amount: Annotated[int, cam.was("total")]) -> int:
    """A type checker sees an int."""
    return amount
