"""Values: how they lie in memory, the simplest of each type, their sizes.

A value is a plain Python object: `int`, `bool`, `str`, `float`, `bytes`, an `int` of microseconds for a time or a
duration, a tuple for a record (in label order), `(label, payload)` for a variant, `list` for a list, `dict` for a map,
and for a set the `dict` from its members to `()`, in any order. A frozen list is a tuple; a frozen set is one, of its
members in the order of their canonical bytes. Everybody treats values as immutable: whoever changes
one copies it first.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, Final, assert_never

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

MAX_INT_BITS: Final = 4096
"""The most bits of an integer that is stored, sent, received, or the result of a multiplication or a power."""


def zero(type_: Type) -> Any:
    """The simplest value of a storable type: what a local slot holds before its first assignment."""
    match type_:
        case IntType() | WideType() | TimeType() | DurationType():
            return 0
        case BoolType():
            return False
        case StrType():
            return ""
        case FloatType():
            return 0.0
        case BytesType():
            return b""
        case List():
            return []
        case Map():
            return {}
        case FrozenList() | FrozenSet():
            return ()
        case Record():
            return tuple(zero(child) for _, child in type_.fields)
        case Variant():
            if not type_.cases:
                raise ValueError("Never has no values")
            label, payload = type_.cases[0]
            return (label, zero(payload))
        case Function():
            raise ValueError("a function is never stored, so it has no zero")
        case _:
            assert_never(type_)


def is_text(text: str) -> bool:
    """Whether a string can be encoded as UTF-8: Python's own may hold lone surrogates."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def weight(value: Any) -> int:
    """The number of scalars and containers in a value, texts and bytes by length: what reading all of it costs.

    Each container is weighed once, however often it is in the value: a list of the same list twice, thirty deep, would
    take hours otherwise, and whoever is charged for it has paid next to nothing to make it. It recurses as deep as
    types nest.
    """
    kind = type(value)
    if kind is str or kind is bytes:
        return 1 + len(value)
    return _weight(value, {}) if kind in _CONTAINERS else 1


def is_long(value: Any, most: int) -> bool:
    """Whether a value has more than so many scalars and containers, 64 characters or bytes of a text counted as one.

    It looks at no more than so many, each container as often as it is there.
    """
    left = most
    parts = [iter((value,))]
    while parts:
        for part in parts[-1]:
            kind = type(part)
            left -= 1 + len(part) // 64 if kind is str or kind is bytes else 1
            if left < 0:
                return True
            if kind in _CONTAINERS:
                parts.append(chain(part, part.values()) if kind is dict else iter(part))
                break
        else:
            parts.pop()
    return False


_CONTAINERS: Final = frozenset({tuple, list, dict})


def _weight(container: Any, known: dict[int, int]) -> int:
    total = 1
    for part in chain(container, container.values()) if type(container) is dict else container:
        kind = type(part)
        if kind is str or kind is bytes:
            total += 1 + len(part)
        elif kind in _CONTAINERS:
            total += known.get(id(part)) or _weight(part, known)
        else:
            total += 1
    known[id(container)] = total
    return total
