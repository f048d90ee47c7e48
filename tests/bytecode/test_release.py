"""Releases as bytes: canonical, bounded, and rejected where they are anything else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.release import MAX_MEMBERS, Release, decode_release, encode_release
from camshaft.errors import Rejected
from generators.machines import cart, counter, counter_v2, split, upgrade

UPGRADE = upgrade(counter(), counter_v2(), split())
RELEASE = Release("a" * 32, (encode_program(cart()),), (UPGRADE,), (("cart", "b" * 64),))
ENCODED = encode_release(RELEASE)
FIELDS = ("magic", "version", "id", "programs", "upgrades", "requires", "extensions")


def test_what_is_decoded_is_what_was_encoded() -> None:
    assert decode_release(ENCODED) == RELEASE
    assert [one.machine for one in RELEASE.decoded] == ["counter"]


@given(st.integers(0, len(ENCODED) - 1), st.integers(1, 255), st.booleans())
def test_changed_bytes_are_rejected_or_another_release(at: int, flip: int, cut: bool) -> None:
    changed = ENCODED[:at] if cut else ENCODED[:at] + bytes([ENCODED[at] ^ flip]) + ENCODED[at + 1 :]
    try:
        found = decode_release(changed)
    except Rejected:
        return
    assert found != RELEASE
    assert encode_release(found) == changed


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"magic": "camshaft-upgrade"}, "not a Camshaft release"),
        ({"version": 2}, "format version 2"),
        ({"extensions": {"canary": 1}}, "with canary"),
        ({"id": "A" * 32}, "32 hex digits"),
        ({"programs": [], "upgrades": []}, "from 1 to 100 members"),
        ({"programs": [b""] * MAX_MEMBERS}, "from 1 to 100 members"),
        ({"requires": [("Cart", "b" * 64)]}, "not of 'Cart'"),
        ({"requires": [("cart", "b")]}, "64 hex digits"),
        ({"requires": [("cart",)]}, "malformed"),
    ],
)
def test_a_release_that_says_what_it_may_not_is_rejected(changes: dict[str, Any], reason: str) -> None:
    fields = dict(zip(FIELDS, msgspec.msgpack.decode(ENCODED), strict=True))
    with pytest.raises(Rejected, match=reason):
        decode_release(msgspec.msgpack.encode(list({**fields, **changes}.values())))


def test_one_machine_is_upgraded_once() -> None:
    with pytest.raises(Rejected, match="upgrades counter twice"):
        _ = Release("a" * 32, (), (UPGRADE, UPGRADE)).decoded
