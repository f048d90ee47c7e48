"""Objects to values and back; what does not fit exactly is rejected with the path to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum

import pytest

from camshaft.errors import Rejected
from camshaft.language.objects import from_value, to_value
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_BOOL,
    PY_BYTES,
    PY_DURATION,
    PY_FLOAT,
    PY_INT,
    PY_NONE,
    PY_STR,
    PY_TIME,
    Field,
    PyClass,
    PyDict,
    PyEnum,
    PyFrozenSet,
    PyList,
    PyLiteral,
    PySequence,
    PySet,
    PyTuple,
    PyType,
    core,
)
from camshaft.language.unions import optional, union_of
from camshaft.values.conformance import conforms


@dataclass(frozen=True)
class Point:
    x: int
    name: str


class Color(Enum):
    RED = "r"
    GREEN = 2


COLOR = PyEnum(Color, (("RED", "r"), ("GREEN", 2)))
OPEN = PyLiteral(PY_STR, ("closed", "open"))
POINT = PyClass(Point, (Field("x", PY_INT, NO_DEFAULT), Field("name", PY_STR, NO_DEFAULT)))
SAMPLES: list[tuple[PyType, object]] = [
    (PY_INT, -5),
    (PY_BOOL, True),
    (PY_STR, "é𝔘"),
    (PY_NONE, None),
    (optional(PY_INT), None),
    (optional(PY_INT), 3),
    (union_of((PY_STR, POINT, PyList(PY_INT))), Point(1, "a")),
    (union_of((PY_STR, POINT, PyList(PY_INT))), [1, 2]),
    (PyTuple((PY_INT, PY_STR)), (1, "x")),
    (PySequence(PY_INT), (1, 2, 3)),
    (PyList(PyList(PY_STR)), [["a"], []]),
    (PY_FLOAT, -0.0),
    (PY_FLOAT, float("inf")),
    (PY_BYTES, b"\x00\xff"),
    (PY_TIME, datetime(2026, 1, 31, 12, tzinfo=UTC)),
    (PY_TIME, datetime.max.replace(tzinfo=UTC)),
    (PY_DURATION, timedelta.min),
    (PySet(PY_INT), {3, 1, 2}),
    (PyFrozenSet(COLOR), frozenset({Color.GREEN, Color.RED})),
    (COLOR, Color.GREEN),
    (OPEN, "open"),
    (PyLiteral(PY_INT, (-1, 10)), -1),
    (union_of((OPEN, PY_NONE, COLOR)), "closed"),
    (PyDict(PyTuple((PY_INT, PY_BOOL)), POINT), {(1, True): Point(2, "b")}),
]


@pytest.mark.parametrize(("type_", "obj"), SAMPLES)
def test_an_object_comes_back_as_it_was(type_: PyType, obj: object) -> None:
    value = to_value(type_, obj)
    assert conforms(core(type_), value)
    back = from_value(type_, value)
    assert back == obj
    assert type(back) is type(obj)


@pytest.mark.parametrize(
    ("type_", "obj", "message"),
    [
        (PY_INT, True, "n: expected `int`, got True of type `bool`"),
        (PY_BOOL, 1, "n: expected `bool`, got 1"),
        (PY_INT, 1.0, "n: expected `int`, got 1.0 of type `float`"),
        (PY_FLOAT, 1, "n: expected `float`, got 1 of type `int`"),
        (PY_FLOAT, float("nan"), "n: is NaN"),
        (PY_TIME, datetime(2026, 1, 1), "n: names no zone; give a moment in UTC"),  # that is the mistake
        (PY_TIME, datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))), "n: is in the zone UTC\\+01:00"),
        (PySet(PY_INT), {"x"}, "n's member: expected `int`, got 'x'"),
        (PySet(PY_INT), frozenset({1}), "expected `set\\[int\\]`"),
        (COLOR, "RED", "expected `Color`, got 'RED'"),
        (OPEN, "opne", "expected `Literal\\['closed', 'open'\\]`, got 'opne'"),
        (PyLiteral(PY_INT, (0, 1)), True, "got True of type `bool`"),
        (PY_STR, "\ud800", "n: holds half a surrogate pair"),
        (PY_INT, 2**4096, "n: has more than 4096 bits"),
        (PyList(PY_INT), [1, "x"], r"n\[1\]: expected `int`, got 'x'"),
        (PyList(PY_INT), (1,), "expected `list\\[int\\]`"),
        (PyTuple((PY_INT,)), (1, 2), "expected `tuple\\[int\\]`"),
        (PyDict(PY_STR, PY_INT), {"a": None}, r"n\['a'\]: expected `int`, got None"),
        (POINT, Point(1, 5), r"n\.name: expected `str`, got 5"),  # type: ignore[arg-type]  # that is the mistake
        (optional(PY_INT), "x", "expected `int | None`"),
    ],
)
def test_what_does_not_fit_is_rejected_with_its_path(type_: PyType, obj: object, message: str) -> None:
    with pytest.raises(Rejected, match=message):
        to_value(type_, obj, "n")


def test_lists_and_dicts_that_come_back_are_new_ones() -> None:
    value = to_value(PyList(PY_INT), [1])
    back = from_value(PyList(PY_INT), value)
    back.append(2)
    assert value == [1]
