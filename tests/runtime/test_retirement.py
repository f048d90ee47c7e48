"""Versions that are retired: their inputs are stale from a position on, at each replay."""

from __future__ import annotations

import msgspec
import pytest

from camshaft.errors import Rejected, Stale
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.entries import Input, Retirement
from camshaft.runtime.fork import forked
from camshaft.runtime.instances import Use
from camshaft.runtime.outcomes import Retired, Returned, StaleInput, Void
from camshaft.runtime.replica import Replica
from camshaft.runtime.snapshot import restored, snapshot_of
from camshaft.values.address import Address
from camshaft.values.types import INT
from generators.rollbacks import back
from generators.tills import IDS, a_node, ran, replayed


def pay(replica: Replica, version: int) -> object:
    arguments = {1: (5,), 2: (5, "a note"), 3: (5, ("None", ()), "a note")}
    return ran(replica, version, "pay", *arguments[version])


def test_inputs_of_a_retired_version_are_stale_and_others_are_not() -> None:
    replica = a_node(3)
    assert pay(replica, 1) == Returned(INT, 105)
    assert replica.retire("till", IDS[0]) == Retired("till", IDS[0], True, 5)
    for _ in range(2):
        outcome = pay(replica, 1)
        replica = replayed(replica)
        assert isinstance(outcome, StaleInput)
        assert f"version {IDS[0][:12]} of till was retired at position 5: {IDS[2][:12]} runs" in outcome.reason
    with pytest.raises(Stale, match="was retired at position 5"):
        replica.query(Address("till"), "bill", (), IDS[0])
    assert pay(replica, 2) == Returned(INT, 110)
    assert pay(replica, 3) == Returned(INT, 115)


def test_a_version_can_be_served_again() -> None:
    replica = a_node(2)
    replica.retire("till", IDS[0])
    assert isinstance(pay(replica, 1), StaleInput)
    assert replica.retire("till", IDS[0], retired=False) == Retired("till", IDS[0], False, 5)
    assert pay(replica, 1) == Returned(INT, 105)
    assert pay(replayed(replica), 1) == Returned(INT, 110)
    records = [(record.kind, record.outcome) for record in replica.engine.history("till")[-2:]]
    assert records == [("retirement", f"{IDS[0][:12]} retired"), ("retirement", f"{IDS[0][:12]} served again")]


def test_what_runs_is_served_though_it_was_retired_before() -> None:
    replica = a_node(2)
    replica.retire("till", IDS[0])
    back(replica, machine="till")
    assert pay(replica, 1) == Returned(INT, 105)


def test_a_fork_serves_nobody_else() -> None:
    replica = a_node(2)
    replica.retire("till", IDS[0])
    with pytest.raises(Stale, match="was retired"):
        forked(replica.engine).prepare(Address("till"), "pay", IDS[0])


def test_what_cannot_be_retired_is_rejected_and_void_in_the_fold() -> None:
    replica = a_node(2)
    for machine, interface, retired, message in (
        ("till", IDS[1], True, "what runs cannot be retired"),
        ("till", IDS[2], True, "no version .* of till ever ran here"),
        ("till", IDS[0], False, "is not retired"),
        ("gone", IDS[0], True, "there is no machine gone"),
    ):
        with pytest.raises(Rejected, match=message):
            replica.retire(machine, interface, retired=retired)
        (outcome,) = replica.commit([Retirement(machine, interface, retired)])
        assert isinstance(outcome, Void)
    replica.retire("till", IDS[0])
    with pytest.raises(Rejected, match="is retired already, since position"):
        replica.retire("till", IDS[0])
    assert pay(replayed(replica), 2) == Returned(INT, 105)


def test_inputs_for_versions_that_do_not_run_are_counted() -> None:
    replica = a_node(3)
    machine = replica.engine.machines["till"]
    assert not machine.uses
    for version in (1, 1, 2, 3):
        pay(replica, version)
    replica.commit([Input("till", None, "price", (7,), IDS[0])])
    assert {id_: use.count for id_, use in machine.uses.items()} == {IDS[0]: 3, IDS[1]: 1}
    assert machine.uses[IDS[0]] == Use(3, replica.engine.time_us, replica.engine.position - 1)
    assert machine.uses[IDS[1]].position == replica.engine.position - 3
    assert replayed(replica).engine.machines["till"].uses == machine.uses


def test_a_snapshot_holds_what_was_retired_and_what_was_used() -> None:
    replica = a_node(2)
    engine = replica.engine
    plain = snapshot_of(engine.catalog, engine.standing)
    replica.retire("till", IDS[0])
    engine.machines["till"].used(IDS[0], 5, 1)
    engine.machines["till"].uses[IDS[1]] = Use(2, 4, None)
    data = snapshot_of(engine.catalog, engine.standing)
    machine = restored(data, Catalog()).machines["till"]
    assert (machine.retired, machine.uses) == ({IDS[0]: 3}, {IDS[0]: Use(1, 5, 1), IDS[1]: Use(2, 4, None)})
    rows = msgspec.msgpack.decode(data)
    assert msgspec.msgpack.decode(plain)[-1] == {}
    for wrong in ({"till": 3}, {"gone": [{IDS[0]: 4}, {}]}, {"till": [{IDS[0]: "4"}, {}]}, {"till": [{}, 1]}):
        with pytest.raises(Rejected, match="the versions of clients"):
            restored(msgspec.msgpack.encode([*rows[:-1], {"clients": wrong}]), Catalog())
    for used in ({"till": 3}, {"gone": {IDS[0]: 4}}, {"till": {IDS[2]: 4}}, {"till": {IDS[0]: "4"}}):
        with pytest.raises(Rejected, match="the versions of clients"):
            restored(msgspec.msgpack.encode([*rows[:-1], {**rows[-1], "used": used}]), Catalog())
