"""Python objects of a program's types, to values and back.

The types decide, never the object's own class: what does not fit exactly is rejected with the path to it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any, Final

from camshaft.errors import Rejected
from camshaft.language.pytypes import (
    PY_DURATION,
    PY_NONE,
    PY_TIME,
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
    as_key,
    shown,
    tag,
)
from camshaft.language.scalars import class_of
from camshaft.values.check import MAX_INT_BITS, is_text
from camshaft.values.codec import members
from camshaft.values.times import from_datetime, to_datetime

_TICK: Final = timedelta(microseconds=1)


def to_value(type_: PyType, obj: object, path: str = "") -> Any:
    """The value of an object. Raises Rejected, with `path` and the way from there, where it is not of the type."""
    if not _is_of(type_, obj):
        where = f"{path}: " if path else ""
        raise Rejected(f"{where}expected `{shown(type_)}`, got {_described(obj)}")
    given: Any = obj
    match type_:
        case PyInt() | PyBool() | PyStr() | PyFloat() | PyBytes() | PyTime() | PyDuration() | PyNone():
            return _scalar_value(type_, given, path)
        case PyTuple():
            pairs = enumerate(zip(type_.elements, given, strict=True))
            return tuple(to_value(element, part, f"{path}[{index}]") for index, (element, part) in pairs)
        case PySequence() | PyList():
            return [to_value(type_.element, part, f"{path}[{index}]") for index, part in enumerate(given)]
        case PyDict():
            return {
                _key(type_.key, key, f"{path}'s key"): to_value(type_.value, part, f"{path}[{key!r}]")
                for key, part in given.items()
            }
        case PySet() | PyFrozenSet():
            return dict.fromkeys((_key(type_.element, part, f"{path}'s member") for part in given), ())
        case PyEnum():
            return (given.name, ())
        case PyLiteral():
            return (str(given), ())
        case PyClass() | PyMachine():
            return tuple(to_value(one.type, getattr(given, one.name), f"{path}.{one.name}") for one in type_.fields)
        case PyKey():
            return frozen_value(to_value(type_.of, obj, path))
        case PyUnion():
            member = next(member for member in type_.members if _is_of(member, obj))
            return (tag(member), to_value(member, obj, path))
        case PyNever():
            raise AssertionError("nothing is of type Never")


def _key(type_: PyType, obj: object, path: str) -> Any:
    return to_value(as_key(type_), obj, path)


def frozen_value(value: Any) -> Any:
    """A value as a key: what it holds of lists and sets is kept as tuples."""
    match value:
        case list():
            return tuple(map(frozen_value, value))
        case dict():
            return tuple(members(value))
        case tuple():
            return tuple(map(frozen_value, value))
        case _:
            return value


def _scalar_value(type_: PyType, given: Any, path: str) -> Any:
    match type_:
        case PyInt():
            if given.bit_length() > MAX_INT_BITS:
                raise Rejected(f"{path or 'an integer'}: has more than {MAX_INT_BITS} bits")
        case PyStr():
            if not is_text(given):
                raise Rejected(f"{path or 'a text'}: holds half a surrogate pair, which is no text")
        case PyFloat():
            if math.isnan(given):
                raise Rejected(f"{path or 'a float'}: is NaN, which is not equal to itself and so is no value")
        case PyTime():
            if given.tzinfo is not UTC:
                zone = "names no zone" if given.tzinfo is None else f"is in the zone {given.tzinfo}"
                raise Rejected(f"{path or 'a datetime'}: {zone}; give a moment in UTC: `moment.astimezone(UTC)`")
            return from_datetime(given)
        case PyDuration():
            return given // _TICK
        case PyNone():
            return ()
        case _:
            pass
    return given


def from_value(type_: PyType, value: Any) -> Any:
    """The Python object of a value, which must be of the type; lists, dicts and sets are new ones."""
    match type_:
        case PyInt() | PyBool() | PyStr() | PyFloat() | PyBytes() | PyTime() | PyDuration() | PyNone():
            read = _READERS.get(type_)
            return value if read is None else read(value)
        case PyTuple():
            return tuple(from_value(element, part) for element, part in zip(type_.elements, value, strict=True))
        case PySequence():
            return tuple(from_value(type_.element, part) for part in value)
        case PyList():
            return [from_value(type_.element, part) for part in value]
        case PyDict():
            return {from_value(type_.key, key): from_value(type_.value, part) for key, part in value.items()}
        case PySet() | PyFrozenSet():
            members = (from_value(type_.element, member) for member in value)
            return set(members) if isinstance(type_, PySet) else frozenset(members)
        case PyEnum() | PyLiteral():
            (label, _) = value
            return type_.cls[label] if isinstance(type_, PyEnum) else type_.values[type_.labels.index(label)]
        case PyClass() | PyMachine():
            pairs = zip(type_.fields, value, strict=True)
            return type_.cls(**{one.name: from_value(one.type, part) for one, part in pairs})
        case PyKey():
            return from_value(type_.of, value)  # of a tuple that is a list or a set as of the one itself
        case PyUnion():
            label, payload = value
            return from_value(next(member for member in type_.members if tag(member) == label), payload)
        case PyNever():
            raise AssertionError("nothing is of type Never")


_READERS: Final[dict[PyType, Callable[[Any], Any]]] = {
    PY_TIME: to_datetime,
    PY_DURATION: lambda value: timedelta(microseconds=value),
    PY_NONE: lambda _: None,
}


def holds_container(obj: object) -> bool:
    """Whether an object is or holds one that could be changed in place: a list, a dict, a set, a plain dataclass."""
    if isinstance(obj, list | dict | set):
        return True
    if isinstance(obj, tuple):
        return any(map(holds_container, obj))
    if dataclasses.is_dataclass(obj):
        if not type(obj).__dataclass_params__.frozen:  # type: ignore[union-attr]  # `is_dataclass` is true of types, too
            return True
        return any(holds_container(getattr(obj, field.name)) for field in dataclasses.fields(obj))
    return False


def _is_of(type_: PyType, obj: object) -> bool:
    """Whether the outermost layer of an object is of a type; `to_value` looks at the layers below."""
    match type_:
        case PyKey():
            return _is_of(type_.of, obj)
        case PyUnion():
            return any(_is_of(member, obj) for member in type_.members)
        case PyMachine():
            # A simulated machine is of a class derived from the author's.
            return isinstance(obj, type_.cls)
        case PyTuple():
            return type(obj) is tuple and len(obj) == len(type_.elements)
        case PyLiteral():
            return _is_of(type_.base, obj) and obj in type_.values
        case PyNever():
            return False
        case _:
            return type(obj) is class_of(type_)


def _described(obj: object) -> str:
    text = repr(obj)
    return f"{text if len(text) <= 60 else text[:57] + '...'} of type `{type(obj).__name__}`"
