"""Entries to bytes and back, and the format of the first version kept for ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.errors import Rejected
from camshaft.runtime.entries import (
    Deletion,
    Deploy,
    Entries,
    Entry,
    Input,
    Retirement,
    Rollback,
    Steer,
    Upgrade,
    decode_batch,
    encode_batch,
)

FORMATS = Path(__file__).parent.parent / "journal" / "formats"
INTERFACE, OTHER_INTERFACE = "ab" * 32, "01" * 32

FIXTURE = Entries(
    1_700_000_000_000_000,
    bytes(range(16)),
    [
        Deploy(b"a program", "alice"),
        Input("counter", None, "incr", [], INTERFACE),
        Input("counter", None, "incr", [], INTERFACE),
        Input("cart", "ann/é", "put", ["sku", -(2**63), 2**64 - 1, True], OTHER_INTERFACE, "bob", "key-1", "cause-1"),
        Input("cart", "ann/é", "put", [["None", []], {"a": [1, 2]}], OTHER_INTERFACE, "bob"),
        Upgrade(b"an upgrade", "", "key-2", None),
    ],
)


def test_the_first_format_is_read_for_ever() -> None:
    assert decode_batch((FORMATS / "batch-v1.bin").read_bytes()) == FIXTURE


def test_the_first_format_is_still_what_is_written() -> None:
    assert encode_batch(FIXTURE.entries, FIXTURE.time_us, FIXTURE.seed) == (FORMATS / "batch-v1.bin").read_bytes()


def test_integers_beyond_64_bits_travel_as_bytes() -> None:
    entry = Input("counter", None, "add", (2**64, (-(2**63) - 1, [2**100])), INTERFACE)
    (decoded,) = decode_batch(encode_batch([entry], 0, b"")).entries
    assert isinstance(decoded, Input)
    assert decoded.arguments == [
        (2**64).to_bytes(9, "big"),
        [(-(2**63) - 1).to_bytes(9, "big", signed=True), [(2**100).to_bytes(13, "big")]],
    ]


def test_a_hundred_inputs_of_one_method_name_it_once() -> None:
    one = encode_batch([Input("counter", None, "incr", (), INTERFACE)], 0, b"")
    hundred = encode_batch([Input("counter", None, "incr", (), INTERFACE)] * 100, 0, b"")
    assert len(hundred) - len(one) <= 99 * 4 + 2


@given(st.lists(st.integers(0, len(FIXTURE.entries) - 1)))
def test_an_entry_that_is_there_again_is_written_again(chosen: list[int]) -> None:
    entries = [FIXTURE.entries[index] for index in chosen]
    assert list(decode_batch(encode_batch(entries, 0, b"")).entries) == entries
    copies = [msgspec.structs.replace(entry) for entry in entries]
    assert encode_batch(copies, 0, b"") == encode_batch(entries, 0, b"")


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
metadata = st.tuples(texts, st.none() | texts, st.none() | texts)
plain = st.recursive(
    st.integers(-(2**63), 2**64 - 1) | st.booleans() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
inputs = st.builds(
    lambda machine, key, method, arguments, interface, meta: Input(
        machine, key, method, arguments, interface.hex(), *meta
    ),
    st.sampled_from(["counter", "cart"]),
    st.none() | texts,
    texts,
    st.lists(plain, max_size=3),
    st.binary(min_size=32, max_size=32),
    metadata,
)
entries: st.SearchStrategy[Entry] = (
    inputs
    | st.builds(lambda program, meta: Deploy(program, *meta), st.binary(max_size=50), metadata)
    | st.builds(lambda upgrade, meta: Upgrade(upgrade, *meta), st.binary(max_size=50), metadata)
    | st.builds(
        lambda id_, undone, way, meta: Rollback(id_, "counter", undone, way, *meta),
        texts,
        st.integers(0, 2**62),
        texts,
        metadata,
    )
    | st.builds(
        lambda id_, upgrade, action, share, meta: Steer(id_, "counter", upgrade, action, share, *meta),
        texts,
        st.integers(0, 2**62),
        texts,
        st.none() | st.integers(0, 2**62),
        metadata,
    )
    | st.builds(
        lambda interface, retired, meta: Retirement("counter", interface, retired, *meta),
        texts,
        st.booleans(),
        metadata,
    )
    | st.builds(lambda key, meta: Deletion("counter", key, *meta), st.none() | texts, metadata)
)


@given(st.lists(entries, max_size=10), st.integers(0, 2**62), st.binary(max_size=32))
def test_a_batch_comes_back_as_it_was(batch: list[Entry], time_us: int, seed: bytes) -> None:
    payload = encode_batch(batch, time_us, seed)
    assert decode_batch(payload) == Entries(time_us, seed, batch)
    assert encode_batch(decode_batch(payload).entries, time_us, seed) == payload


@given(st.binary(max_size=100))
def test_random_bytes_are_rejected(data: bytes) -> None:
    with pytest.raises(Rejected, match=r"malformed|later one"):
        decode_batch(data)


@given(st.binary(max_size=100))
def test_random_bytes_after_a_right_start_are_rejected_or_a_batch(data: bytes) -> None:
    try:
        batch = decode_batch(b"\x95\x01" + data)
    except Rejected:
        return
    assert isinstance(batch, Entries)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_rejected_or_other_entries_and_nothing_else(where: int, byte: int) -> None:
    data = bytearray((FORMATS / "batch-v1.bin").read_bytes())
    data[where % len(data)] = byte
    try:
        batch = decode_batch(bytes(data))
    except Rejected:
        return
    assert isinstance(batch, Entries)


def with_rows(*rows: list[Any]) -> bytes:
    return msgspec.msgpack.encode([1, 0, b"", [["counter", "incr", bytes(32)]], rows])


@pytest.mark.parametrize(
    "payload",
    [
        with_rows([]),
        with_rows([1, None, []]),
        with_rows([0, None]),
        with_rows([0, None, "arguments"]),
        with_rows([0, None, [], "caller", None, None, "more"]),
        with_rows(["deploy", b"program"]),
        with_rows([None, b"program", "", None, None]),
        with_rows(["rollback", ["id", "counter", 3], "", None, None]),
        with_rows(["rollback", ["id", "counter", "3", "replay"], "", None, None]),
        with_rows(["rollback", b"id", "", None, None]),
    ],
)
def test_a_row_that_is_no_entry_is_rejected(payload: bytes) -> None:
    with pytest.raises(Rejected, match=r"malformed|does not know"):
        decode_batch(payload)


def test_a_rollback_is_written_as_it_always_will_be() -> None:
    entry = Rollback("ab" * 16, "counter", 3, "replay", "bob", "key-1", "cause-1")
    row = ["rollback", ["ab" * 16, "counter", 3, "replay"], "bob", "key-1", "cause-1"]
    assert encode_batch([entry], 7, b"seed") == msgspec.msgpack.encode([1, 7, b"seed", [], [row]])


def test_an_unknown_kind_of_entry_is_an_error_and_never_skipped() -> None:
    with pytest.raises(Rejected, match="an entry of kind 'timer', which this version of Camshaft does not know"):
        decode_batch(with_rows(["timer", b"", "", None, None]))


def test_a_later_version_of_the_format_is_named() -> None:
    with pytest.raises(Rejected, match="a batch of version 2; this version of Camshaft reads 1"):
        decode_batch(b"\x95\x02" + bytes(10))
