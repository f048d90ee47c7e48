"""An upgrade's bytes: canonical, and for one without extensions those that they always were."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from camshaft.bytecode.upgrade import Upgrade, decode_upgrade, encode_upgrade
from camshaft.errors import Rejected

PLAIN = Upgrade("ab" * 16, "counter", "cd" * 32, b"program", b"migration")
WITH_DOWNGRADE = Upgrade("ab" * 16, "counter", "cd" * 32, b"program", b"migration", b"downgrade")


def container(extensions: Any) -> bytes:
    return msgspec.msgpack.encode(
        ["camshaft-upgrade", 1, "ab" * 16, "counter", "cd" * 32, b"program", b"migration", extensions]
    )


def test_an_upgrade_without_a_downgrade_has_the_bytes_that_it_always_had() -> None:
    assert encode_upgrade(PLAIN) == container({})
    assert decode_upgrade(container({})) == PLAIN


def test_a_downgrade_is_an_extension() -> None:
    assert encode_upgrade(WITH_DOWNGRADE) == container({"downgrade": b"downgrade"})
    assert decode_upgrade(encode_upgrade(WITH_DOWNGRADE)) == WITH_DOWNGRADE


@pytest.mark.parametrize(
    ("extensions", "message"),
    [
        ({"releases": b""}, "the upgrade uses what this node does not know: releases"),
        ({"downgrade": b"", "signature": 1, "releases": 2}, "does not know: releases, signature"),
        ({"downgrade": "text"}, "malformed bytes where an upgrade should be: its downgrade is no program"),
        ({"downgrade": None}, "not the canonical encoding"),
        ({1: b""}, "malformed bytes where an upgrade should be"),
    ],
)
def test_what_an_upgrade_may_not_carry_is_rejected(extensions: Any, message: str) -> None:
    with pytest.raises(Rejected, match=message):
        decode_upgrade(container(extensions))
