"""Objects to values and back; what does not fit exactly is rejected with the path to it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from camshaft.errors import Rejected
from camshaft.language.objects import from_value, to_value
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_BOOL,
    PY_INT,
    PY_NONE,
    PY_STR,
    Field,
    PyClass,
    PyDict,
    PyList,
    PySequence,
    PyTuple,
    PyType,
    core,
    optional,
    union_of,
)
from camshaft.values.check import conforms


@dataclass(frozen=True)
class Point:
    x: int
    name: str


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
