"""Values and types by a plain random generator, which the fuzz target draws by the million: Hypothesis is too slow.

They are not shrunk: `fuzz/minimise.py` makes the program smaller instead.
"""

from __future__ import annotations

import math
from random import Random
from typing import Any

from camshaft.values.codec import members
from camshaft.values.times import MAX_DURATION, MAX_TIME, MIN_DURATION, MIN_TIME
from camshaft.values.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    STR,
    TIME,
    UNIT,
    BoolType,
    BytesType,
    DurationType,
    FloatType,
    FrozenList,
    FrozenSet,
    IntType,
    List,
    Map,
    Record,
    Set,
    StrType,
    TimeType,
    Type,
    Variant,
    is_key,
    tuple_of,
)

# Small integers are found again as keys and indexes; the others are at the borders of encodings and of the size cap.
_INTS = (0, 1, 2, 3, -1, -2, 7, 127, -33, 2**31, 2**63 - 1, -(2**63) - 1, 2**64, 2**4096 - 1, -(2**4096) + 1)
_TEXTS = ("", "a", "b", "c", "ab", "ü", "\U0001f600", "long " * 8)
_SCALARS = (INT, BOOL, STR, UNIT, FLOAT, BYTES, TIME, DURATION)
_FLOATS = (0.0, -0.0, 1.5, -2.0, 1e16, 5e-324, 1.7976931348623157e308, math.inf, -math.inf)


def value(random: Random, type_: Type, most: int = 3) -> Any:
    """A value of a storable type, with at most so many elements in each container."""
    match type_:
        case IntType():
            return random.choice(_INTS[: 7 if random.random() < 0.8 else None])
        case BoolType():
            return random.random() < 0.5
        case StrType():
            return random.choice(_TEXTS[: 4 if random.random() < 0.8 else None])
        case FloatType():
            return random.choice(_FLOATS)
        case BytesType():
            return random.choice((b"", b"a", b"\x00\xff", b"long " * 8))
        case TimeType():
            return random.choice((0, 1, -1, MIN_TIME, MAX_TIME, 86_400_000_000))
        case DurationType():
            return random.choice((0, 1, -1, MIN_DURATION, MAX_DURATION, 86_400_000_000))
        case List():
            return [value(random, type_.element, most - 1) for _ in range(random.randint(0, max(most, 1)))]
        case Set():
            return {value(random, type_.element, most - 1): () for _ in range(random.randint(0, max(most, 1)))}
        case FrozenList() | FrozenSet():
            given = [value(random, type_.element, most - 1) for _ in range(random.randint(0, max(most, 1)))]
            return tuple(given if isinstance(type_, FrozenList) else members(dict.fromkeys(given)))
        case Map():
            return {
                value(random, type_.key, most - 1): value(random, type_.value, most - 1)
                for _ in range(random.randint(0, max(most, 1)))
            }
        case Record():
            return tuple(value(random, child, most) for _, child in type_.fields)
        case Variant():
            label, payload = random.choice(type_.cases)
            return (label, value(random, payload, most))
        case _:
            raise AssertionError(f"values of {type_!r} are never stored")


def new_type(random: Random, known: tuple[Type, ...]) -> Type:
    """A type made of types that a program knows, or a scalar."""
    inner = random.choice(known) if known and random.random() < 0.7 else random.choice(_SCALARS)
    other = random.choice(known) if known else INT
    match random.randrange(7):
        case 0:
            return List(inner)
        case 1 if is_key(other):
            return random.choice((Map(other, inner), Set(other), FrozenList(other), FrozenSet(other)))
        case 2:
            return tuple_of(inner, other)
        case 3:
            return Record((("a", inner), ("b", other)))
        case 4:
            return Variant((("None", UNIT), ("some", inner)))
        case 5:
            return Variant((("a", inner), ("b", other), ("c", UNIT)))
        case _:
            return inner
