"""Which classes of Python are which types: where an annotation names one, and where an object is of one."""

from __future__ import annotations

import types
import typing
from datetime import date, datetime, timedelta
from typing import Final

from camshaft.language.pytypes import (
    PY_BOOL,
    PY_BYTES,
    PY_DURATION,
    PY_FLOAT,
    PY_INT,
    PY_NONE,
    PY_STR,
    PY_TIME,
    PyClass,
    PyDict,
    PyEnum,
    PyFrozenSet,
    PyList,
    PyLiteral,
    PyMachine,
    PySequence,
    PySet,
    PyTuple,
    PyType,
)

SCALARS: Final[dict[object, PyType]] = {
    int: PY_INT,
    bool: PY_BOOL,
    str: PY_STR,
    float: PY_FLOAT,
    bytes: PY_BYTES,
    datetime: PY_TIME,
    timedelta: PY_DURATION,
    None: PY_NONE,
    types.NoneType: PY_NONE,
}

TYPES: Final = (
    "the types are `int`, `bool`, `str`, `float`, `bytes`, `datetime`, `timedelta`, `None`, tuples, lists, dicts, "
    "sets, enums, literals, dataclasses and their unions"
)

GENERIC: Final = (list, dict, tuple, set, frozenset, typing.Union)

_CLASSES: Final[dict[PyType, type]] = {
    type_: types.NoneType if named is None else named
    for named, type_ in SCALARS.items()
    if named is None or isinstance(named, type)
}
_CONTAINERS: Final[dict[type, type]] = {
    PyTuple: tuple,
    PySequence: tuple,
    PyList: list,
    PyDict: dict,
    PySet: set,
    PyFrozenSet: frozenset,
}


def class_of(type_: PyType) -> type | None:
    """The class of a type's objects; None for a union, whose objects are of several."""
    match type_:
        case PyClass() | PyMachine() | PyEnum():
            return type_.cls
        case PyLiteral():
            return _CLASSES[type_.base]
        case _:
            return _CLASSES.get(type_) or _CONTAINERS.get(type(type_))


def is_of_class(type_: PyType, cls: object) -> bool:
    """Whether `isinstance` holds for the objects of a type and a class."""
    own = class_of(type_)
    return own is not None and (own is cls or (own, cls) in ((bool, int), (datetime, date)))
