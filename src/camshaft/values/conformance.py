"""Whether a Python object is a value of a type."""

from __future__ import annotations

from typing import Any, assert_never

from camshaft.values.check import MAX_INT_BITS, is_text
from camshaft.values.codec import members
from camshaft.values.times import MAX_DURATION, MAX_TIME, MIN_DURATION, MIN_TIME
from camshaft.values.types import (
    BoolType,
    BytesType,
    DurationType,
    FloatType,
    FrozenList,
    FrozenSet,
    Function,
    IntType,
    List,
    Map,
    Record,
    StrType,
    TimeType,
    Type,
    Variant,
    WideType,
)


def conforms(type_: Type, value: Any) -> bool:  # noqa: C901 - one case for each kind of type
    """Whether a Python object is a value of a type, deep, with its integers within `MAX_INT_BITS`."""
    match type_:
        case IntType():
            return type(value) is int and value.bit_length() <= MAX_INT_BITS
        case WideType():
            return type(value) is int
        case BoolType():
            return type(value) is bool
        case StrType():
            return type(value) is str and is_text(value)
        case FloatType():
            return type(value) is float and value == value
        case BytesType():
            return type(value) is bytes
        case TimeType():
            return type(value) is int and MIN_TIME <= value <= MAX_TIME
        case DurationType():
            return type(value) is int and MIN_DURATION <= value <= MAX_DURATION
        case List():
            return type(value) is list and all(conforms(type_.element, element) for element in value)
        case Map():  # or a set, whose values are units
            return type(value) is dict and all(
                conforms(type_.key, key) and conforms(type_.value, entry) for key, entry in value.items()
            )
        case FrozenList():
            return type(value) is tuple and all(conforms(type_.element, element) for element in value)
        case FrozenSet():
            return (
                type(value) is tuple
                and all(conforms(type_.element, member) for member in value)
                and list(value) == members(dict.fromkeys(value))
            )
        case Record():
            return (
                type(value) is tuple
                and len(value) == len(type_.fields)
                and all(conforms(child, part) for (_, child), part in zip(type_.fields, value, strict=True))
            )
        case Variant():
            if type(value) is not tuple or len(value) != 2 or type(value[0]) is not str:
                return False
            payload = type_.case(value[0])
            return payload is not None and conforms(payload, value[1])
        case Function():
            return False  # a function is never a value that somebody holds outside of a step
        case _:
            assert_never(type_)
