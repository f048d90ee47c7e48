"""Hypothesis strategies from a machine's interface: values of its types, and sequences of its calls.

Small values that come again are drawn most, since that is what finds keys again and ends loops; large, empty and odd
ones are among them. Hypothesis is no dependency of Camshaft itself: `pip install "camshaft[testing]"`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from camshaft.client.binding import Binding
from camshaft.language.machine import Machine
from camshaft.language.pytypes import (
    PyBool,
    PyBytes,
    PyClass,
    PyDict,
    PyDuration,
    PyEnum,
    PyFloat,
    PyFrozenSet,
    PyInt,
    PyKey,
    PyList,
    PyLiteral,
    PyMachine,
    PyNever,
    PyNone,
    PySequence,
    PySet,
    PyStr,
    PyTime,
    PyTuple,
    PyType,
    PyUnion,
)
from camshaft.language.unit import Signature
from camshaft.testing.calls import BEGIN, Call

M = TypeVar("M", bound=Machine)

_MOST_ELEMENTS: Final = 4
_INTEGERS: Final = st.integers(-2, 12) | st.integers(-(2**70), 2**70)
_TEXTS: Final = st.sampled_from(["a", "b", "c", "", "ab", "ä", "日本"]) | st.text(
    st.characters(codec="utf-8"), max_size=6
)
_FLOATS: Final = st.sampled_from([0.0, 1.0, -1.5, 0.1, 2.5, 1e16]) | st.floats(allow_nan=False)
_TIMES: Final = st.integers(-3, 3).map(lambda hours: BEGIN + timedelta(hours=hours)) | st.datetimes(
    timezones=st.just(UTC)
)
_DURATIONS: Final = st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(hours=-1), timedelta(days=30)])
_WAITS: Final = st.sampled_from([timedelta(seconds=1), timedelta(0), timedelta(minutes=10), timedelta(days=1)])


def objects(type_: PyType) -> SearchStrategy[Any]:  # noqa: C901 - one case for each type
    """Python objects of a type of the language."""
    match type_:
        case PyInt():
            return _INTEGERS
        case PyBool():
            return st.booleans()
        case PyStr():
            return _TEXTS
        case PyFloat():
            return _FLOATS
        case PyBytes():
            return st.binary(max_size=4)
        case PyTime():
            return _TIMES
        case PyDuration():
            return _DURATIONS
        case PyNone():
            return st.none()
        case PyEnum():
            return st.sampled_from(list(type_.cls))
        case PyLiteral():
            return st.sampled_from(list(type_.values))
        case PyTuple():
            return st.tuples(*map(objects, type_.elements))
        case PySequence():
            return st.lists(objects(type_.element), max_size=_MOST_ELEMENTS).map(tuple)
        case PyList():
            return st.lists(objects(type_.element), max_size=_MOST_ELEMENTS)
        case PySet():
            return st.sets(objects(type_.element), max_size=_MOST_ELEMENTS)
        case PyFrozenSet():
            return st.frozensets(objects(type_.element), max_size=_MOST_ELEMENTS)
        case PyDict():
            return st.dictionaries(objects(type_.key), objects(type_.value), max_size=_MOST_ELEMENTS)
        case PyClass() | PyMachine():
            return st.builds(type_.cls, **{one.name: objects(one.type) for one in type_.fields})
        case PyUnion():
            return st.one_of(*map(objects, type_.members))
        case PyKey():
            return objects(type_.of)
        case PyNever():
            return st.nothing()


def inputs(
    machine: type[M],
    /,
    *,
    max_size: int = 12,
    keys: Sequence[str | None] = (None,),
    only: Sequence[str] | None = None,
    **parameters: SearchStrategy[Any],
) -> SearchStrategy[list[Call]]:
    """Sequences of calls of a machine, drawn by the types of its methods' parameters.

        @given(testing.inputs(Bank, name=st.sampled_from(["ann", "bob"]), keys=["north", "south"]))

    Args:
        machine: the machine's class.
        max_size: the most calls of a sequence.
        keys: the keys of the instances that are called; None is the one without a key.
        only: the methods that are called; all public ones unless given.
        parameters: strategies for the parameters of these names, in whichever methods have them.

    Raises:
        CompileError: the class cannot run on a node.
        ValueError: there is no such method or parameter, or no method at all.
    """
    methods = Binding(machine).methods
    unknown = set(only or ()) - methods.keys()
    known = {one.name for found in methods.values() for one in found.parameters}
    unknown |= parameters.keys() - known
    if unknown:
        raise ValueError(f"{machine.__name__} has no method or parameter {', '.join(sorted(unknown))}")
    chosen = [found for name, found in methods.items() if only is None or name in only]
    if not chosen:
        raise ValueError(f"{machine.__name__} has no public method that could be called")
    one = st.one_of(*(_calls(found, keys, parameters) for found in chosen))
    return st.lists(one, max_size=max_size)


def _calls(
    found: Signature, keys: Sequence[str | None], parameters: dict[str, SearchStrategy[Any]]
) -> SearchStrategy[Call]:
    given = {one.name: parameters.get(one.name, objects(one.type)) for one in found.parameters}
    return st.builds(
        Call, st.just(found.name), kwargs=st.fixed_dictionaries(given), key=st.sampled_from(list(keys)), wait=_WAITS
    )
