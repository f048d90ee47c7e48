"""Types are interned, joined and bounded."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given

from camshaft.errors import Rejected
from camshaft.values import interned
from camshaft.values.type_trees import check_well_formed, subtypes
from camshaft.values.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    NEVER,
    STR,
    TIME,
    UNIT,
    WIDE,
    List,
    Map,
    Record,
    Type,
    Variant,
    is_key,
    is_storable,
    join,
    tuple_of,
)
from generators.types import types


def test_equal_types_are_one_object() -> None:
    assert Record((("a", INT), ("b", List(STR)))) is Record((("a", INT), ("b", List(STR))))
    assert Variant((("x", INT), ("a", UNIT))) is Variant((("a", UNIT), ("x", INT)))


def test_labels_and_their_order_are_part_of_a_records_type() -> None:
    assert Record((("a", INT), ("b", INT))) is not Record((("b", INT), ("a", INT)))
    assert Record((("a", INT),)) is not Record((("b", INT),))


def test_a_label_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="distinct"):
        Record((("a", INT), ("a", STR)))
    with pytest.raises(ValueError, match="distinct"):
        Variant((("a", INT), ("a", STR)))


@given(types())
def test_never_joins_with_every_type_and_a_type_with_itself(type_: Type) -> None:
    assert join(NEVER, type_) is join(type_, NEVER) is join(type_, type_) is type_
    assert join(type_, List(type_)) is None


def test_what_is_between_operations_is_not_storable() -> None:
    assert not is_storable(List(WIDE))
    assert not is_storable(tuple_of(INT, NEVER))
    assert is_storable(Map(STR, List(INT)))
    assert not is_key(tuple_of(List(INT)))
    assert is_key(tuple_of(INT, BOOL))
    assert is_key(tuple_of(BYTES, TIME, DURATION))
    assert not is_key(tuple_of(INT, FLOAT))


def test_a_type_that_shares_its_parts_a_thousand_times_is_measured_at_once() -> None:
    started = time.perf_counter()
    type_: Type = INT
    for _ in range(1_000):
        type_ = tuple_of(type_, type_)
    with pytest.raises(Rejected, match="nodes"):
        check_well_formed(type_, Rejected)
    assert len(list(subtypes(type_))) == 1_001
    # The time is what is claimed here: as a tree this type has more nodes than there are atoms.
    assert time.perf_counter() - started < 5


def test_a_map_whose_keys_cannot_be_keys_is_not_well_formed() -> None:
    with pytest.raises(Rejected, match="keys cannot be"):
        check_well_formed(List(Map(List(INT), INT)), Rejected)


def test_types_that_nobody_holds_are_forgotten_after_a_while() -> None:
    made = Record((("only in this test", INT),))
    assert any(value is made for value in interned._interned.values())
    del made
    # The newest are kept for a while: others take their places.
    for number in range(interned._newest.maxlen or 0):
        Record(((f"number {number}", INT),))
    gc.collect()
    assert not any("only in this test" in repr(value) for value in list(interned._interned.values()))
