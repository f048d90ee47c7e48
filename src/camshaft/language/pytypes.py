"""The types that a program's Python text speaks of, each with the type of values that it is compiled to.

They are nominal where Python is: two dataclasses of the same fields are two types here and one type of values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias

from camshaft.values.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    NEVER,
    NONE_LABEL,
    STR,
    TIME,
    UNIT,
    FrozenList,
    FrozenSet,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    tuple_of,
)


@dataclass(frozen=True, slots=True)
class PyInt:
    """`int`, which excludes `bool` here."""


@dataclass(frozen=True, slots=True)
class PyBool:
    """`bool`"""


@dataclass(frozen=True, slots=True)
class PyStr:
    """`str`"""


@dataclass(frozen=True, slots=True)
class PyFloat:
    """`float`, which excludes `int` here: Python's own `1` and `1.0` are shown, divided and rounded differently."""


@dataclass(frozen=True, slots=True)
class PyBytes:
    """`bytes`"""


@dataclass(frozen=True, slots=True)
class PyTime:
    """`datetime` in UTC."""


@dataclass(frozen=True, slots=True)
class PyDuration:
    """`timedelta`"""


@dataclass(frozen=True, slots=True)
class PyNone:
    """`None`"""


@dataclass(frozen=True, slots=True)
class PyTuple:
    """`tuple[A, B]`: a fixed number of elements, each of its own type."""

    elements: tuple[PyType, ...]


@dataclass(frozen=True, slots=True)
class PySequence:
    """`tuple[T, ...]`: any number of elements of one type."""

    element: PyType


@dataclass(frozen=True, slots=True)
class PyList:
    """`list[T]`"""

    element: PyType


@dataclass(frozen=True, slots=True)
class PyDict:
    """`dict[K, V]`"""

    key: PyType
    value: PyType


@dataclass(frozen=True, slots=True)
class PySet:
    """`set[T]`"""

    element: PyType


@dataclass(frozen=True, slots=True)
class PyFrozenSet:
    """`frozenset[T]`: the same values as those of `set[T]`, which nobody changes."""

    element: PyType


@dataclass(frozen=True, slots=True)
class PyEnum:
    """An `Enum`: `members` are its members' names with their values, in order. Its identity is the class."""

    cls: type[Enum]
    members: tuple[tuple[str, Any], ...] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PyLiteral:
    """`Literal["a", "b"]`, or of integers: some values of one type, sorted."""

    base: PyStr | PyInt
    values: tuple[str, ...] | tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the cases that the values are compiled to."""
        return tuple(map(str, self.values))


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a class. `default`: as a value, `NO_DEFAULT` where there is none; `was`: what it was called, or ""."""

    name: str
    type: PyType
    default: Any
    keyword_only: bool = False
    was: str = ""


class _NoDefault:
    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT: Final = _NoDefault()
"""In place of a default: the field must be given. None cannot say it: it is a default too."""


@dataclass(frozen=True, slots=True)
class PyClass:
    """A dataclass, or a refusal. Its identity is the class, not its fields. `frozen`: its objects never change."""

    cls: type
    fields: tuple[Field, ...] = field(compare=False, repr=False)
    frozen: bool = field(default=True, compare=False)

    def field(self, name: str) -> Field | None:
        """The field of a name, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class PyMachine:
    """A machine's class as the type of its state: what `self` is in a method, and `was` in a migration."""

    cls: type
    fields: tuple[Field, ...] = field(compare=False, repr=False)

    def field(self, name: str) -> Field | None:
        """The field of a name, or None."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class PyUnion:
    """`A | B`, `Optional[A]`: two members or more, sorted by their labels. Made by `unions.union_of` only."""

    members: tuple[PyType, ...]


@dataclass(frozen=True, slots=True)
class PyKey:
    """A value in the form in which it is a key of a dict or a member of a set, where that is another one.

    Nobody writes it: it is the type of what looks something up. Made by `as_key` only.
    """

    of: PyType


@dataclass(frozen=True, slots=True)
class PyNever:
    """What has no value: the element type of a collection that is known to be empty."""


PyType: TypeAlias = (
    PyInt
    | PyBool
    | PyStr
    | PyFloat
    | PyBytes
    | PyTime
    | PyDuration
    | PyNone
    | PyTuple
    | PySequence
    | PyList
    | PyDict
    | PySet
    | PyFrozenSet
    | PyEnum
    | PyLiteral
    | PyClass
    | PyMachine
    | PyUnion
    | PyKey
    | PyNever
)

PY_INT: Final = PyInt()
PY_BOOL: Final = PyBool()
PY_STR: Final = PyStr()
PY_FLOAT: Final = PyFloat()
PY_BYTES: Final = PyBytes()
PY_TIME: Final = PyTime()
PY_DURATION: Final = PyDuration()
PY_NONE: Final = PyNone()
PY_NEVER: Final = PyNever()

_SCALARS: Final[dict[PyType, tuple[str, Type]]] = {
    PY_INT: ("int", INT),
    PY_BOOL: ("bool", BOOL),
    PY_STR: ("str", STR),
    PY_FLOAT: ("float", FLOAT),
    PY_BYTES: ("bytes", BYTES),
    PY_TIME: ("datetime", TIME),
    PY_DURATION: ("timedelta", DURATION),
    PY_NONE: (NONE_LABEL, UNIT),
}
"""The types that are made of no others: their names, and the types of their values."""


def tag(type_: PyType) -> str:
    """The label of a type as a case of a union."""
    match type_:
        case PyInt() | PyBool() | PyStr() | PyFloat() | PyBytes() | PyTime() | PyDuration() | PyNone():
            return _SCALARS[type_][0]
        case PyTuple() | PySequence():
            return "tuple"
        case PyList():
            return "list"
        case PyDict():
            return "dict"
        case PySet():
            return "set"
        case PyFrozenSet():
            return "frozenset"
        case PyLiteral():
            return tag(type_.base)
        case PyClass() | PyMachine() | PyEnum():
            return type_.cls.__name__
        case PyUnion() | PyKey() | PyNever():
            raise AssertionError("a union has no label of its own, nor has a key")


def members(type_: PyType) -> tuple[PyType, ...]:
    """The members of a union; any other type is its own only member."""
    match type_:
        case PyUnion():
            return type_.members
        case PyNever():
            return ()
        case _:
            return (type_,)


def is_optional(type_: PyType) -> bool:
    """Whether `None` is one of a union's members."""
    return isinstance(type_, PyUnion) and PY_NONE in type_.members


@cache
def core(type_: PyType) -> Type:
    """The type of the values that a Python type is compiled to."""
    match type_:
        case PyInt() | PyBool() | PyStr() | PyFloat() | PyBytes() | PyTime() | PyDuration() | PyNone():
            return _SCALARS[type_][1]
        case PyTuple():
            return tuple_of(*map(core, type_.elements))
        case PySequence() | PyList():
            return List(core(type_.element))
        case PyDict():
            return Map(frozen_type(core(type_.key)), core(type_.value))
        case PySet() | PyFrozenSet():
            return Set(frozen_type(core(type_.element)))
        case PyKey():
            return frozen_type(core(type_.of))
        case PyEnum():
            return Variant((name, UNIT) for name, _ in type_.members)
        case PyLiteral():
            return Variant((label, UNIT) for label in type_.labels)
        case PyClass() | PyMachine():
            return record(type_)
        case PyUnion():
            return Variant((tag(member), core(member)) for member in type_.members)
        case PyNever():
            return NEVER


def frozen_type(type_: Type) -> Type:
    """The type of the keys that values of a type are made."""
    match type_:
        case List():
            return FrozenList(frozen_type(type_.element))
        case Set():
            return FrozenSet(type_.element)  # members are keys as they are
        case Record():
            return Record((label, frozen_type(child)) for label, child in type_.fields)
        case Variant():
            return Variant((label, frozen_type(child)) for label, child in type_.cases)
        case _:
            return type_


def as_key(type_: PyType) -> PyType:
    """The type of values of a type where they are keys."""
    return type_ if frozen_type(core(type_)) is core(type_) else PyKey(type_)


def record(type_: PyClass | PyMachine) -> Record:
    """The record of a class's fields, in their order."""
    return Record((one.name, core(one.type)) for one in type_.fields)


def shown(type_: PyType) -> str:
    """A type as its author would write it."""
    match type_:
        case PyTuple():
            return f"tuple[{', '.join(map(shown, type_.elements)) or '()'}]"
        case PySequence():
            return f"tuple[{shown(type_.element)}, ...]"
        case PyList():
            return f"list[{shown(type_.element)}]"
        case PyDict():
            return f"dict[{shown(type_.key)}, {shown(type_.value)}]"
        case PySet() | PyFrozenSet():
            return f"{tag(type_)}[{shown(type_.element)}]"
        case PyLiteral():
            return f"Literal[{', '.join(map(repr, type_.values))}]"
        case PyUnion():
            # `None` is written last, as people do.
            return " | ".join(map(shown, sorted(type_.members, key=lambda member: member == PY_NONE)))
        case PyKey():
            return shown(type_.of)
        case PyNever():
            return "Never"
        case _:
            return tag(type_)


def parts(type_: PyType) -> Iterator[PyType]:
    """The types that a type is made of."""
    match type_:
        case PyTuple():
            yield from type_.elements
        case PySequence() | PyList() | PySet() | PyFrozenSet():
            yield type_.element
        case PyDict():
            yield type_.key
            yield type_.value
        case PyClass() | PyMachine():
            yield from (one.type for one in type_.fields)
        case PyUnion():
            yield from type_.members
        case PyKey():
            yield type_.of
        case _:
            pass


@cache
def is_mutable(type_: PyType) -> bool:
    """Whether an object of a type can be changed in place, or holds one that can: where a second name would matter."""
    if isinstance(type_, PyClass) and not type_.frozen:
        return True
    return isinstance(type_, PyList | PyDict | PySet | PyMachine) or any(map(is_mutable, parts(type_)))
