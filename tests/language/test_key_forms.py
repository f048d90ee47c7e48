"""Freezing makes of a value the key that `to_value` makes of an object, and thawing takes it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.category.meaning import Typed, meaning
from camshaft.language.key_forms import freezing, thawing
from camshaft.language.objects import frozen_value
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_BYTES,
    PY_INT,
    PY_NONE,
    PY_STR,
    PY_TIME,
    Field,
    PyClass,
    PyFrozenSet,
    PySequence,
    PyTuple,
    PyType,
    as_key,
    core,
)
from camshaft.language.unions import union_of
from camshaft.values.conformance import conforms
from camshaft.values.types import is_key
from generators.types import values


@dataclass(frozen=True)
class Route:
    stops: tuple[str, ...]
    days: frozenset[int]


ROUTE = PyClass(Route, (Field("stops", PySequence(PY_STR), NO_DEFAULT), Field("days", PyFrozenSet(PY_INT), NO_DEFAULT)))
FROZEN = [
    PySequence(PY_INT),
    PyFrozenSet(PY_STR),
    PySequence(PySequence(PyTuple((PY_INT, PyFrozenSet(PY_BYTES))))),
    PyFrozenSet(PyFrozenSet(PySequence(PY_INT))),
    PyTuple((PySequence(PY_TIME), PY_INT)),
    ROUTE,
    union_of([ROUTE, PySequence(PY_INT), PY_NONE]),
    PySequence(union_of([PyFrozenSet(ROUTE), PY_STR])),
]
AS_THEY_ARE = [PY_INT, PyTuple((PY_STR, PY_INT)), union_of([PY_INT, PY_NONE]), PyTuple(())]


@pytest.mark.parametrize("type_", FROZEN, ids=str)
@given(data=st.data())
def test_freezing_gives_the_key_and_thawing_takes_it_back(type_: PyType, data: st.DataObject) -> None:
    value: Any = data.draw(values(core(type_)))
    key, _ = meaning(freezing(type_), Typed(core(type_), value), (), {})
    assert key.type is core(as_key(type_))
    assert is_key(key.type)
    assert conforms(key.type, key.value)
    assert key.value == frozen_value(value)
    back, _ = meaning(thawing(type_), key, (), {})
    assert back.type is core(type_)
    assert back.value == value


@pytest.mark.parametrize("type_", AS_THEY_ARE, ids=str)
def test_keys_that_hold_neither_are_the_values_themselves(type_: PyType) -> None:
    assert as_key(type_) == type_
    assert freezing(type_) == thawing(type_)
    assert is_key(core(type_))
