"""Python objects of a program's types, to values and back.

The types decide, never the object's own class: what does not fit exactly is rejected with the path to it.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from camshaft.errors import Rejected
from camshaft.language.pytypes import (
    PyBool,
    PyClass,
    PyDict,
    PyInt,
    PyList,
    PyMachine,
    PyNever,
    PyNone,
    PySequence,
    PyStr,
    PyTuple,
    PyType,
    PyUnion,
    shown,
    tag,
)
from camshaft.values.check import MAX_INT_BITS


def to_value(type_: PyType, obj: object, path: str = "") -> Any:
    """The value of an object. Raises Rejected, with `path` and the way from there, where it is not of the type."""
    if not _is_of(type_, obj):
        where = f"{path}: " if path else ""
        raise Rejected(f"{where}expected `{shown(type_)}`, got {_described(obj)}")
    given: Any = obj
    match type_:
        case PyInt():
            if given.bit_length() > MAX_INT_BITS:
                raise Rejected(f"{path or 'an integer'}: has more than {MAX_INT_BITS} bits")
            return given
        case PyStr():
            if not given.isascii() and any("\ud800" <= character <= "\udfff" for character in given):
                raise Rejected(f"{path or 'a text'}: holds half a surrogate pair, which is no text")
            return given
        case PyBool():
            return given
        case PyNone():
            return ()
        case PyTuple():
            pairs = enumerate(zip(type_.elements, given, strict=True))
            return tuple(to_value(element, part, f"{path}[{index}]") for index, (element, part) in pairs)
        case PySequence() | PyList():
            return [to_value(type_.element, part, f"{path}[{index}]") for index, part in enumerate(given)]
        case PyDict():
            return {
                to_value(type_.key, key, f"{path}'s key"): to_value(type_.value, part, f"{path}[{key!r}]")
                for key, part in given.items()
            }
        case PyClass() | PyMachine():
            return tuple(to_value(one.type, getattr(given, one.name), f"{path}.{one.name}") for one in type_.fields)
        case PyUnion():
            member = next(member for member in type_.members if _is_of(member, obj))
            return (tag(member), to_value(member, obj, path))
        case PyNever():
            raise AssertionError("nothing is of type Never")


def from_value(type_: PyType, value: Any) -> Any:
    """The Python object of a value, which must be of the type; lists and dicts are new ones."""
    match type_:
        case PyInt() | PyStr() | PyBool():
            return value
        case PyNone():
            return None
        case PyTuple():
            return tuple(from_value(element, part) for element, part in zip(type_.elements, value, strict=True))
        case PySequence():
            return tuple(from_value(type_.element, part) for part in value)
        case PyList():
            return [from_value(type_.element, part) for part in value]
        case PyDict():
            return {from_value(type_.key, key): from_value(type_.value, part) for key, part in value.items()}
        case PyClass() | PyMachine():
            pairs = zip(type_.fields, value, strict=True)
            return type_.cls(**{one.name: from_value(one.type, part) for one, part in pairs})
        case PyUnion():
            label, payload = value
            return from_value(next(member for member in type_.members if tag(member) == label), payload)
        case PyNever():
            raise AssertionError("nothing is of type Never")


def holds_container(obj: object) -> bool:
    """Whether an object is or holds a list or a dict, which could be changed in place."""
    if isinstance(obj, list | dict):
        return True
    if isinstance(obj, tuple):
        return any(map(holds_container, obj))
    if dataclasses.is_dataclass(obj):
        return any(holds_container(getattr(obj, field.name)) for field in dataclasses.fields(obj))
    return False


def _is_of(type_: PyType, obj: object) -> bool:
    """Whether the outermost layer of an object is of a type; `to_value` looks at the layers below."""
    match type_:
        case PyInt():
            return type(obj) is int
        case PyBool():
            return type(obj) is bool
        case PyStr():
            return type(obj) is str
        case PyNone():
            return obj is None
        case PyTuple():
            return type(obj) is tuple and len(obj) == len(type_.elements)
        case PySequence():
            return type(obj) is tuple
        case PyList():
            return type(obj) is list
        case PyDict():
            return type(obj) is dict
        case PyClass():
            return type(obj) is type_.cls
        case PyMachine():
            # A simulated machine is of a class derived from the author's.
            return isinstance(obj, type_.cls)
        case PyUnion():
            return any(_is_of(member, obj) for member in type_.members)
        case PyNever():
            return False


def _described(obj: object) -> str:
    text = repr(obj)
    return f"{text if len(text) <= 60 else text[:57] + '...'} of type `{type(obj).__name__}`"
