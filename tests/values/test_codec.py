"""Canonical bytes: the same value, and nothing but values of the type."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from camshaft.errors import Rejected
from camshaft.values.check import zero
from camshaft.values.codec import decode, decode_raw, encode, encode_raw, from_raw, spelled_out, value_hash
from camshaft.values.conformance import conforms
from camshaft.values.reader import UNREADABLE, Reader, reader_of
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
    FrozenSet,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    tuple_of,
)
from camshaft.values.view import from_json, from_text, from_view, to_json, to_text, to_view
from generators.types import typed_values, types, values


@given(typed_values())
def test_a_value_is_the_same_after_encoding_and_decoding(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    decoded = decode(type_, encode(type_, value))
    assert decoded == value
    assert encode(type_, decoded) == encode(type_, value)
    assert conforms(type_, decoded)


@given(types(), st.binary(max_size=40))
def test_random_bytes_are_rejected_or_a_canonical_value(type_: Type, data: bytes) -> None:
    try:
        value = decode(type_, data)
    except Rejected:
        return
    assert conforms(type_, value)
    assert encode(type_, value) == data


@st.composite
def changed_bytes(draw: st.DrawFn) -> tuple[Type, bytes]:
    """What was written of a type, and what a bit of it was changed in, or what was written of another type."""
    type_, value = draw(typed_values())
    encoded = bytearray(encode(type_, value))
    if draw(st.booleans()):
        encoded[draw(st.integers(0, len(encoded) - 1))] ^= 1 << draw(st.integers(0, 7))
    return (draw(types()) if draw(st.integers(0, 9)) == 0 else type_), bytes(encoded)


def labels_of(type_: Type, value: Any) -> Iterator[tuple[Variant, str]]:
    """Every label in a value, with its type."""
    match type_:
        case Variant():
            yield type_, value[0]
            yield from labels_of(type_.cases[type_.positions[value[0]]][1], value[1])
        case Record():
            for (_, child), part in zip(type_.fields, value, strict=True):
                yield from labels_of(child, part)
        case List():
            for part in value:
                yield from labels_of(type_.element, part)
        case Map():
            for key, part in value.items():
                yield from labels_of(type_.key, key)
                yield from labels_of(type_.value, part)
        case _:
            pass


def rejected_or(way: Callable[[], Any]) -> Any:
    try:
        return way()
    except Rejected as error:
        return str(error)


@given(changed_bytes())
def test_a_reader_takes_nothing_but_what_the_long_way_takes_and_gives_the_same(given: tuple[Type, bytes]) -> None:
    type_, data = given
    reader = Reader(type_)
    raw = rejected_or(lambda: decode_raw(data))
    ways: tuple[Callable[[], Any], ...] = (lambda: reader.decode(data), lambda: reader.convert(raw))
    for way in ways:
        try:
            found = way()
        except UNREADABLE:
            continue
        assert conforms(type_, found)
        assert encode_raw(found) == encode_raw(spelled_out(type_, raw))
        for variant, label in labels_of(type_, found):
            assert label is variant.cases[variant.positions[label]][0]


@given(typed_values())
def test_a_reader_reads_every_value_but_large_integers(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    reader = Reader(type_)
    data, in_journal = encode(type_, value), encode_raw(value)
    ways: list[tuple[Callable[[bytes], Any], bytes]] = [
        (reader.decode, data),
        (lambda written: reader.convert(decode_raw(written)), in_journal),
    ]
    for way, written in ways:
        try:
            found = way(written)
        except UNREADABLE:
            assert is_large(value)
        else:
            assert encode_raw(found) == encode_raw(spelled_out(type_, decode_raw(written)))


def is_large(value: Any) -> bool:
    """Whether an integer beyond 64 bits is in a value."""
    match value:
        case int():
            return not -(2**63) <= value < 2**64
        case tuple() | list():
            return any(map(is_large, value))
        case dict():
            return any(map(is_large, [*value.keys(), *value.values()]))
        case _:
            return False


@given(changed_bytes())
def test_the_fast_way_to_decode_is_the_long_way(given: tuple[Type, bytes]) -> None:
    type_, data = given

    def long_way() -> Any:
        found = spelled_out(type_, decode_raw(data))
        return found if encode(type_, found) == data else None

    assume(reader_of(type_, 10_000) is not None)
    first, second = rejected_or(lambda: decode(type_, data)), rejected_or(long_way)
    if second is None:
        assert first == "the bytes are not the canonical encoding of the value they hold"
    else:
        assert first == second


@given(types(), types(), st.data())
def test_a_value_of_another_type_is_rejected_or_conforms(written: Type, read: Type, data: st.DataObject) -> None:
    encoded = encode(written, data.draw(values(written)))
    try:
        value = decode(read, encoded)
    except Rejected:
        return
    assert conforms(read, value)


@given(types())
def test_the_zero_of_a_type_is_of_that_type(type_: Type) -> None:
    assert conforms(type_, zero(type_))


def test_a_longer_form_of_the_same_value_is_rejected() -> None:
    assert decode(INT, b"\x01") == 1
    with pytest.raises(Rejected, match="canonical"):
        decode(INT, b"\xcc\x01")


def test_a_large_integer_in_the_form_of_small_ones_is_rejected() -> None:
    with pytest.raises(Rejected, match="canonical"):
        decode(INT, encode_raw(b"\x01"))


def test_an_integer_beyond_the_cap_is_rejected_without_being_computed_with() -> None:
    with pytest.raises(Rejected, match="4096"):
        decode(INT, encode_raw((2**4096).to_bytes(513, "big", signed=False) + b"\x00"))


def test_deep_nesting_is_rejected() -> None:
    with pytest.raises(Rejected, match="nested too deep"):
        decode(List(INT), b"\x91" * 100_000)


@pytest.mark.parametrize("data", ["cb7ff8000000000000", "cbfff8000000000000", "cb7ff0000000000001", "ca7fc00000"])
def test_a_float_that_is_not_a_number_is_rejected_in_every_bit_pattern(data: str) -> None:
    with pytest.raises(Rejected, match="expected float"):
        decode(FLOAT, bytes.fromhex(data))


@pytest.mark.parametrize("data", ["01", "ca3f800000"])
def test_a_float_in_a_shorter_form_is_rejected(data: str) -> None:
    with pytest.raises(Rejected, match=r"expected float|canonical"):
        decode(FLOAT, bytes.fromhex(data))


def test_zeros_of_both_signs_are_equal_and_have_different_bytes() -> None:
    assert decode(FLOAT, encode_raw(0.0)) == decode(FLOAT, encode_raw(-0.0))
    assert encode_raw(0.0) != encode_raw(-0.0)


@pytest.mark.parametrize(
    ("type_", "value"),
    [(TIME, MIN_TIME - 1), (TIME, MAX_TIME + 1), (DURATION, MIN_DURATION - 1), (DURATION, MAX_DURATION + 1)],
)
def test_a_time_or_a_duration_beyond_its_range_is_rejected(type_: Type, value: int) -> None:
    assert not conforms(type_, value)
    with pytest.raises(Rejected, match="beyond the range"):
        decode(type_, encode(type_, value))


def test_a_map_keeps_its_order_and_order_is_part_of_its_identity() -> None:
    type_ = Map(STR, INT)
    assert list(decode(type_, encode_raw({"b": 1, "a": 2}))) == ["b", "a"]
    assert value_hash(type_, {"b": 1, "a": 2}) != value_hash(type_, {"a": 2, "b": 1})


@given(types().filter(lambda type_: type_.holds_set), st.data())
def test_the_bytes_of_a_set_do_not_tell_the_order_in_which_it_was_made(type_: Type, data: st.DataObject) -> None:
    value = data.draw(values(type_))
    turned = reversed_sets(type_, value)
    assert encode(type_, turned) == encode(type_, value)
    assert to_json(type_, turned) == to_json(type_, value)
    assert turned == value


def reversed_sets(type_: Type, value: Any) -> Any:
    match type_:
        case Set():
            return dict(reversed(value.items()))
        case List():
            return [reversed_sets(type_.element, element) for element in value]
        case Map():
            return {key: reversed_sets(type_.value, entry) for key, entry in value.items()}
        case Record():
            return tuple(reversed_sets(child, part) for (_, child), part in zip(type_.fields, value, strict=True))
        case Variant():
            return (value[0], reversed_sets(type_.case(value[0]), value[1]))  # type: ignore[arg-type]  # it is there
        case _:
            return value


@pytest.mark.parametrize("data", ["920201", "920101", "8201900290", "dc000101", "c0", "820190029100"])
def test_members_out_of_order_or_twice_or_in_another_form_are_rejected(data: str) -> None:
    assert decode(Set(INT), bytes.fromhex("920102")) == {1: (), 2: ()}
    with pytest.raises(Rejected, match=r"canonical|expected set|malformed"):
        decode(Set(INT), bytes.fromhex(data))


@pytest.mark.parametrize("data", ["920201", "920101", "dc000101", "c0", "820190029100"])
def test_a_frozen_set_has_one_form(data: str) -> None:
    assert decode(FrozenSet(INT), bytes.fromhex("920102")) == (1, 2)
    assert decode(Map(FrozenSet(INT), INT), bytes.fromhex("8192010203")) == {(1, 2): 3}
    with pytest.raises(Rejected, match=r"in order|expected frozenset|canonical|malformed"):
        decode(FrozenSet(INT), bytes.fromhex(data))
    with pytest.raises(Rejected, match="in order"):
        from_raw(Map(FrozenSet(INT), INT), {(2, 1): 3})


@given(typed_values())
def test_what_a_journal_holds_of_a_value_is_read_as_that_value(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    assert encode(type_, from_raw(type_, decode_raw(encode_raw(value)))) == encode(type_, value)


def test_an_error_names_the_place_in_the_value() -> None:
    type_ = Record((("lines", List(Record((("qty", INT),)))),))
    with pytest.raises(Rejected, match=r"\$\.lines\[1\]\.qty: expected int, got 'x'"):
        decode(type_, encode_raw(([(1,), ("x",)],)))


# ---- the JSON view -------------------------------------------------------------------------------------------------


@given(typed_values())
def test_a_value_is_the_same_after_showing_and_reading_it(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    assert encode(type_, from_view(type_, to_view(type_, value))) == encode(type_, value)
    assert encode(type_, from_json(type_, to_json(type_, value))) == encode(type_, value)


@given(typed_values())
def test_a_value_is_the_same_after_typing_what_is_shown(typed: tuple[Type, Any]) -> None:
    type_, value = typed
    assert encode(type_, from_text(type_, to_text(type_, value))) == encode(type_, value)


@pytest.mark.parametrize(
    ("type_", "value", "json"),
    [
        (Set(STR), {"b": (), "ab": ()}, '["b","ab"]'),
        (FLOAT, 2.0, "2.0"),
        (FLOAT, -0.0, "-0.0"),
        (FLOAT, -math.inf, '"-inf"'),
        (BYTES, b"\x00\xff", '"00ff"'),
        (TIME, 1_500_000, '"1970-01-01T00:00:01.500000Z"'),
        (DURATION, -90_061_000_001, '"-P1DT1H1M1.000001S"'),
        (Map(BYTES, FLOAT), {b"": 1.5}, '[["",1.5]]'),
        (UNIT, (), "null"),
        (tuple_of(INT, STR), (1, "a"), '[1,"a"]'),
        (Record((("x", INT),)), (1,), '{"x":1}'),
        (Variant((("None", UNIT), ("int", INT))), ("None", ()), "null"),
        (Variant((("None", UNIT), ("int", INT))), ("int", 3), "3"),
        (Variant((("Open", UNIT), ("Paid", INT))), ("Paid", 3), '{"Paid":3}'),
        (Variant((("Open", UNIT), ("Paid", INT))), ("Open", ()), '{"Open":null}'),
        (Variant((("None", UNIT), ("Empty", UNIT))), ("Empty", ()), '{"Empty":null}'),
        (Map(STR, INT), {"b": 1}, '{"b":1}'),
        (Map(INT, INT), {2: 1}, "[[2,1]]"),
    ],
)
def test_the_view_of_a_value_is_as_documented(type_: Type, value: Any, json: str) -> None:
    assert to_json(type_, value) == json
    assert from_json(type_, json) == value


@pytest.mark.parametrize(
    ("type_", "text", "problem"),
    [
        (INT, "1.5", "expected int"),
        (FLOAT, "nan", "expected float"),
        (FLOAT, "Infinity", "expected float"),
        (FLOAT, "1e400", "expected float"),
        (FLOAT, "1_0", "expected float"),
        (FLOAT, " 1", "expected float"),
        (FLOAT, "٣", "expected float"),
        (FLOAT, "1" * 1_400, "expected float"),
        (List(FLOAT), "[NaN]", "is not JSON"),
        (List(FLOAT), '["1.5"]', r"\$\[0\]: expected float"),
        (List(FLOAT), "[9007199254740993]", r"\$\[0\]: expected float"),
        (Set(INT), "[1,2,1]", "twice"),
        (Set(INT), "{}", "expected set"),
        (BYTES, "0", "expected bytes"),
        (BYTES, "0 0", "expected bytes"),
        (TIME, "2026-02-30T00:00:00Z", "expected datetime"),
        (DURATION, "P1M", "expected timedelta"),
        (INT, "1_000", "expected int"),
        (INT, "٣", "expected int"),
        (INT, "9" * 1_400, "too large"),
        (INT, str(2**4096), "4096"),
        (BOOL, "True", "true or false"),
        (List(INT), "[1,", "is not JSON"),
        (
            Variant((("None", UNIT), ("Str", STR))),
            "ann",
            "but 'ann' is not JSON: a text is written with its quotes, \"ann\"$",
        ),
        (Variant((("None", UNIT), ("Str", STR))), "a" * 61, "is not JSON: JSON is malformed"),
        (Variant((("None", UNIT), ("Int", INT))), "ann", "is not JSON: JSON is malformed"),
        (List(INT), "[true]", r"\$\[0\]: expected int, got True"),
        (List(INT), "[" * 100_000, "nests too deep|not JSON"),
        (Record((("x", INT),)), '{"y":1}', "has no field 'y' and needs the field 'x'"),
        (Map(INT, INT), "[[1,2],[1,3]]", "twice"),
        (Variant((("Open", UNIT), ("Paid", INT))), '{"Shut":null}', r"expected Open \| Paid int"),
    ],
)
def test_a_text_that_is_no_value_is_rejected_with_the_reason(type_: Type, text: str, problem: str) -> None:
    with pytest.raises(Rejected, match=problem):
        from_text(type_, text)
