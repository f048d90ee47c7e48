"""Strategies for types and for values of a type. They shrink towards few and small parts."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

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
    tuple_of,
)

LABELS = ("a", "b", "c", "count", "items", "ü")
key_scalars: st.SearchStrategy[Type] = st.sampled_from((INT, BOOL, STR, UNIT, BYTES, TIME, DURATION))
scalars: st.SearchStrategy[Type] = key_scalars | st.just(FLOAT)
texts = st.text(st.characters(codec="utf-8"), max_size=8)
small_ints = st.integers(-5, 5)
# Around the borders of the encodings and of the size cap.
ints = small_ints | st.sampled_from(
    (127, 128, -33, 2**31, 2**63 - 1, -(2**63) - 1, 2**64, -(2**64), 2**4096 - 1, -(2**4096) + 1)
)
# The values of both signs, the borders, and those that are not exact.
floats = st.sampled_from(
    (0.0, -0.0, 1.0, 0.1, -2.5, 1e16, 5e-324, -1.7976931348623157e308, math.inf, -math.inf, 2.0**53, -(2.0**63))
) | st.floats(allow_nan=False)
# Around the epoch, and the borders of the ranges.
times = st.sampled_from((0, -1, MIN_TIME, MAX_TIME, 1_000_000)) | st.integers(MIN_TIME, MAX_TIME)
durations = st.sampled_from((0, -1, 86_400_000_000, MIN_DURATION, MAX_DURATION, 3_661_000_001)) | st.integers(
    MIN_DURATION, MAX_DURATION
)


def types(*, depth: int = 3) -> st.SearchStrategy[Type]:
    """Storable types that nest at most this deep."""
    if depth <= 1:
        return scalars
    inner = types(depth=depth - 1)
    labelled = st.dictionaries(st.sampled_from(LABELS), inner, min_size=1, max_size=3)
    return st.one_of(
        scalars,
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: tuple_of(*parts)),
        labelled.map(lambda fields: Record(fields.items())),
        labelled.map(lambda cases: Variant(cases.items())),
        inner.map(List),
        st.builds(Map, key_types(depth=depth - 1), inner),
        key_types(depth=depth - 1).map(Set),
        key_types(depth=depth - 1).map(FrozenList),
    )


def key_types(*, depth: int = 2) -> st.SearchStrategy[Type]:
    """Types that a map's keys and a set's members may have."""
    if depth <= 1:
        return key_scalars
    inner = key_types(depth=depth - 1)
    return st.one_of(
        key_scalars,
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: tuple_of(*parts)),
        st.dictionaries(st.sampled_from(LABELS), inner, min_size=1, max_size=3).map(
            lambda cases: Variant(cases.items())
        ),
        inner.map(FrozenList),
        inner.map(FrozenSet),
    )


def values(type_: Type) -> st.SearchStrategy[Any]:  # noqa: C901 - one case for each kind of type
    """Values of a storable type."""
    match type_:
        case IntType():
            return ints
        case BoolType():
            return st.booleans()
        case StrType():
            return texts
        case FloatType():
            return floats
        case BytesType():
            return st.binary(max_size=4)
        case TimeType():
            return times
        case DurationType():
            return durations
        case List():
            return st.lists(values(type_.element), max_size=3)
        case Set():
            return st.dictionaries(values(type_.element), st.just(()), max_size=3)
        case FrozenList():
            return st.lists(values(type_.element), max_size=3).map(tuple)
        case FrozenSet():
            return st.lists(values(type_.element), max_size=3).map(lambda given: tuple(members(dict.fromkeys(given))))
        case Map():
            keys = values(type_.key) if type_.key is not STR else st.sampled_from(("a", "b", "c")) | texts
            return st.dictionaries(keys, values(type_.value), max_size=3)
        case Record():
            return st.tuples(*(values(child) for _, child in type_.fields))
        case Variant():
            return st.one_of(*(st.tuples(st.just(label), values(payload)) for label, payload in type_.cases))
        case _:
            raise AssertionError(f"values of {type_!r} are never stored")


@st.composite
def typed_values(draw: st.DrawFn, *, depth: int = 3) -> tuple[Type, Any]:
    """A type and a value of it."""
    type_ = draw(types(depth=depth))
    return type_, draw(values(type_))
