"""Types are shown as a person writes them in Python."""

from __future__ import annotations

import pytest
from hypothesis import given

from camshaft.language.pytypes import (
    PY_BYTES,
    PY_DURATION,
    PY_INT,
    PY_NONE,
    PY_STR,
    PY_TIME,
    PyDict,
    PyFrozenSet,
    PyList,
    PyLiteral,
    PySequence,
    PySet,
    PyTuple,
    PyType,
    core,
    shown,
)
from camshaft.language.unions import union_of
from camshaft.values.type_words import show
from camshaft.values.types import INT, NEVER, STR, UNIT, Record, Type, Variant, tuple_of
from generators.types import types

CARD = Record((("number", STR),))


@pytest.mark.parametrize(
    "type_",
    [
        PY_NONE,
        PyTuple((PY_INT, PY_STR)),
        PyList(PyDict(PY_STR, PySet(PY_BYTES))),
        union_of([PY_NONE, PY_STR]),
        PyList(union_of([PY_NONE, PY_STR])),
        PyDict(PY_STR, PyTuple((union_of([PY_NONE, PyList(PY_TIME)]), PY_DURATION))),
        union_of([PyList(PY_INT), PyDict(PY_STR, PY_INT), PY_NONE]),
        union_of([PySequence(PY_STR), PyFrozenSet(PY_INT), PY_NONE]),
        union_of([PyTuple((PY_INT, PY_INT)), PY_NONE]),
        PyDict(PySequence(PyFrozenSet(PY_STR)), PySet(PyTuple((union_of([PySequence(PY_INT), PY_NONE]), PY_INT)))),
    ],
)
def test_a_type_is_shown_as_its_author_wrote_it(type_: PyType) -> None:
    assert show(core(type_)).replace(" ", "") == shown(type_).replace(" ", "")


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (Variant((("Card", CARD), ("None", UNIT), ("Cash", UNIT))), "Card {number: str} | Cash | None"),
        (core(PyLiteral(PY_STR, ("open", "shut"))), "open | shut"),
        (core(union_of([PyLiteral(PY_STR, ("open", "shut")), PY_NONE])), "open | shut | None"),
        (tuple_of(INT), "tuple[int]"),
        (NEVER, "Never"),
        (Record((str(n) + "th", INT) for n in range(30)), "{" + ", ".join(f"{n}th: int" for n in range(20)) + ", …}"),
    ],
)
def test_what_has_no_name_is_shown_by_what_it_holds(type_: Type, text: str) -> None:
    assert show(type_) == text


@given(types())
def test_no_type_is_shown_at_length(type_: Type) -> None:
    assert 0 < len(show(type_)) <= 500
