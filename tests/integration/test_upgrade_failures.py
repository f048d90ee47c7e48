"""Every upgrade that must not happen, over the wire: its own clear error, and everything as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Program
from camshaft.category.terms import Constant
from camshaft.client.client import Client
from camshaft.errors import Rejected
from camshaft.values.types import INT, STR, Record
from generators import machines
from generators.counters import even_and_odd, everything

V1 = machines.counter()
V2 = machines.counter_v2()


GOOD = machines.upgrade(V1, V2, machines.split())


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with even_and_odd(tmp_path) as (client, _):
        yield client


def wrong_type_of_result() -> Program:
    """The new counter, whose `value` now claims to give a text; its code still gives a number."""
    methods = tuple(replace(method, result=STR) if method.name == "value" else method for method in V2.methods)
    return replace(V2, methods=methods)


STRANGE = Record((("count", STR),))

FAILURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "another version runs": (
        lambda: machines.upgrade("0" * 64, V2, machines.split()),
        "the version running isn't the one the upgrade expects; nothing was changed",
    ),
    "the machine is unknown": (
        lambda: machines.upgrade(V1, V2, machines.split(), machine="till"),
        "there is no machine till",
    ),
    "random bytes": (lambda: bytes(range(256)), "malformed bytes where an upgrade should be"),
    "no bytes": (lambda: b"", "malformed bytes where an upgrade should be"),
    "truncated bytes": (lambda: GOOD[:-1], "malformed bytes where an upgrade should be"),
    "malformed program": (lambda: machines.upgrade(V1, b"\xc1"), "the new program is not acceptable"),
    "truncated program": (lambda: machines.upgrade(V1, encode_program(V2)[:-1]), "the new program is not acceptable"),
    "ill-typed program": (lambda: machines.upgrade(V1, wrong_type_of_result()), "the new program is not acceptable"),
    "program of another machine": (lambda: machines.upgrade(V1, machines.cart()), "the new program is a cart"),
    "malformed migration": (lambda: machines.upgrade(V1, V2, b"\xc1"), "the migration is not acceptable"),
    "migration from another type": (
        lambda: machines.upgrade(V1, V2, machines.migration(STRANGE, V2.state, Constant(V2.state, (0, 0)))),
        "the migration is from another state type",
    ),
    "migration to another type": (
        lambda: machines.upgrade(V1, V2, machines.migration(V1.state, INT, machines.number(0))),
        "the migration is to another state type: it gives int",
    ),
    "migration that traps on an instance": (
        lambda: machines.upgrade(V1, V2, machines.split_only_even()),
        "the migration fails on the instance counter/odd: AssertionError: an odd count",
    ),
    "migration missing": (
        lambda: machines.upgrade(V1, V2),
        "the state type changed, and the upgrade brings no migration: added old: int",
    ),
    "the version that runs": (lambda: machines.upgrade(V1, V1), "counter runs this program already"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_bad_upgrade_is_refused_with_its_reason_and_changes_nothing(failure: str, client: Client) -> None:
    make, reason = FAILURES[failure]
    before = everything(client)
    encoded = make()
    for attempt in (client.plan_bytes, client.upgrade_bytes):
        with pytest.raises(Rejected) as error:
            attempt(encoded)
        assert reason in str(error.value)
        assert everything(client) == before
    # The node serves on, and the good upgrade is still possible.
    client.call("counter/even", "incr", [], {})
    assert client.upgrade_bytes(GOOD).migrated == 2


def test_bytes_cut_anywhere_are_refused_and_change_nothing(client: Client) -> None:
    before = everything(client)
    for length in range(0, len(GOOD), 7):
        with pytest.raises(Rejected):
            client.upgrade_bytes(GOOD[:length])
    assert everything(client) == before


def test_bytes_changed_anywhere_never_break_the_node(client: Client) -> None:
    states = [client.state(address) for address in client.instances("counter")]
    for position in range(0, len(GOOD), 11):
        changed = bytearray(GOOD)
        changed[position] ^= 0x55
        # A change in an id, a name or a constant can be a good plan; it is the node that decides, and it survives all.
        with contextlib.suppress(Rejected):
            client.plan_bytes(bytes(changed))
    assert [client.state(address) for address in client.instances("counter")] == states
    assert client.upgrade_bytes(GOOD).migrated == 2


def test_a_repeated_upgrade_has_the_first_answer_and_happens_once(client: Client) -> None:
    first = client.upgrade_bytes(GOOD)
    client.call("counter/even", "incr", [], {})
    assert client.upgrade_bytes(GOOD) == first
    assert len(client.history("counter")) == 2


def test_the_same_upgrade_invoked_anew_is_refused(client: Client) -> None:
    client.upgrade_bytes(GOOD)
    with pytest.raises(Rejected, match="the version running isn't the one the upgrade expects; nothing was changed"):
        client.upgrade_bytes(machines.upgrade(V1, V2, machines.split()))
