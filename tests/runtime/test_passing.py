"""One upgrade over several versions serves the clients of each as the upgrades one by one would have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.rollback import REPLAY
from camshaft.bytecode.upgrade import Passed, decode_upgrade, encode_upgrade
from camshaft.errors import Rejected, Stale
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.entries import Input
from camshaft.runtime.facades import ADAPTED, distance, known_version, versions, ways
from camshaft.runtime.fork import forked
from camshaft.runtime.outcomes import Outcome, Retired, Returned, StaleInput
from camshaft.runtime.replica import Replica
from camshaft.runtime.snapshot import restored, snapshot_of
from camshaft.values.address import Address
from camshaft.values.types import INT
from generators.machines import counter
from generators.passing import CHAIN, IDS, PROGRAMS, by_chain, by_steps
from generators.rollbacks import back, states
from generators.tills import replayed

CENTS = st.integers(0, 150)
NOTES = st.text(max_size=2)
CALLS = st.one_of(
    st.tuples(st.just(1), st.just("pay"), st.tuples(CENTS)),
    st.tuples(st.just(2), st.just("pay"), st.tuples(CENTS, NOTES)),
    st.tuples(st.integers(1, 3), st.just("take"), st.tuples(CENTS)),
    st.tuples(st.integers(1, 3), st.just("bill"), st.just(())),
    st.tuples(st.just(1), st.just("price"), st.tuples(CENTS)),
    st.tuples(st.integers(2, 4), st.just("price"), st.tuples(NOTES)),
    st.tuples(st.integers(1, 2), st.just("count"), st.just(())),
    st.tuples(st.just(4), st.just("shut"), st.tuples(st.sampled_from(["", "late"]))),
)


def outcome(replica: Replica, version: int, method: str, arguments: tuple[Any, ...]) -> Outcome | str:
    known = PROGRAMS[version - 1].method(method)
    assert known is not None
    if known.kind.value != "query":
        return replica.commit([Input("till", None, method, arguments, IDS[version - 1])])[0]
    try:
        return replica.query(Address("till"), method, arguments, IDS[version - 1])
    except Stale as stale:
        return str(stale)


@settings(deadline=None, max_examples=8)
@given(st.lists(CALLS, min_size=3, max_size=8))
def test_clients_of_every_version_are_served_by_a_chain_as_after_its_steps_one_by_one(
    calls: list[tuple[int, str, tuple[Any, ...]]],
) -> None:
    chained, stepped = by_chain(), by_steps()
    for version, method, arguments in calls:
        assert outcome(chained, version, method, arguments) == outcome(stepped, version, method, arguments)
        assert states(chained, "till") == states(stepped, "till")
    assert states(replayed(chained), "till") == states(stepped, "till")


def test_each_version_on_the_way_is_known_with_its_distance_and_its_ways() -> None:
    chained, stepped = by_chain().engine, by_steps().engine
    machine, other = chained.machines["till"], stepped.machines["till"]
    assert {each.id for each in versions(machine, chained.catalog)} == set(IDS)
    for place, id_ in enumerate(IDS):
        found, same = known_version(chained.catalog, machine, id_, ""), known_version(stepped.catalog, other, id_, "")
        assert found is not None
        assert same is not None
        assert distance(machine, found) == distance(other, same) == 3 - place
        assert ways(machine, chained.catalog, found) == ways(other, stepped.catalog, same)
    second = known_version(chained.catalog, machine, "0" * 64, PROGRAMS[1].origin)
    assert second is not None
    assert second.id == IDS[1]
    assert ways(machine, chained.catalog, second)["pay"] == ADAPTED


def test_a_version_that_was_passed_can_be_retired() -> None:
    replica = by_chain()
    assert replica.retire("till", IDS[1]) == Retired("till", IDS[1], True, 3)
    assert isinstance(outcome(replica, 2, "pay", (5, "")), StaleInput)
    assert outcome(replica, 1, "pay", (5,)) == Returned(INT, 105)


def test_a_snapshot_and_a_fork_serve_whom_the_chain_serves() -> None:
    replica = by_chain()
    whole = snapshot_of(replica.engine.catalog, replica.engine.standing)
    catalog = Catalog()
    standing = restored(whole, catalog)
    assert snapshot_of(catalog, standing) == whole
    machine = standing.machines["till"]
    assert set(machine.passed) == {IDS[1], IDS[2]}
    assert [step.version.id for step in machine.undoable[-1].steps] == list(IDS[:3])
    fork = forked(replica.engine)
    assert fork.prepare(Address("till"), "pay", IDS[1]).name == "pay"
    assert fork.machines["till"].passed == replica.engine.machines["till"].passed


def test_a_rollback_by_replay_knows_the_versions_on_the_way_only_since_they_came_in() -> None:
    replica = by_chain()
    assert outcome(replica, 2, "pay", (5, "hm")) == Returned(INT, 105)
    assert outcome(replica, 1, "pay", (5,)) == Returned(INT, 110)
    plan = replica.plan_rollback("till", REPLAY)
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.inputs.unfit.count) == (2, 1)
    back(replica, REPLAY, machine="till")
    assert states(replica, "till") == {None: (105, 5)}
    assert isinstance(outcome(replica, 2, "pay", (5, "hm")), StaleInput)
    assert states(replayed(replica), "till") == {None: (105, 5)}


# ---- hostile ---------------------------------------------------------------------------------------------------------


def test_versions_that_are_passed_travel_as_an_extension() -> None:
    assert decode_upgrade(encode_upgrade(CHAIN)) == CHAIN
    assert len(CHAIN.passed) == 2


@pytest.mark.parametrize(
    ("passed", "message"),
    [
        ("text", "it passes no list of at most 64 versions"),
        ([[b"", None]] * 65, "it passes no list of at most 64 versions"),
        ([[b""]], "it passes what is no version with its adapters"),
        ([[1, None]], "it passes what is no version with its adapters"),
        ([[b"", [b""]]], "its adapters are no program with its imports"),
        ([], "not the canonical encoding"),
    ],
)
def test_malformed_versions_that_are_passed_are_rejected(passed: Any, message: str) -> None:
    rows = msgspec.msgpack.decode(encode_upgrade(CHAIN))
    rows[-1]["passed"] = passed
    with pytest.raises(Rejected, match=message):
        decode_upgrade(msgspec.msgpack.encode(rows))


def test_versions_that_do_not_fit_are_rejected_and_nothing_is_changed() -> None:
    second, third = CHAIN.passed
    for passed, message in (
        ((Passed(b"\x00", None), third), "a version that the upgrade leads through is not acceptable"),
        ((Passed(encode_program(counter()), None), third), "leads through a version of counter"),
        ((second, second, third), "leads through one version twice"),
        ((Passed(CHAIN.program, None), third), "leads through one version twice"),
        ((third, second), "the adapters are not acceptable"),
        ((second, replace(third, adapters=second.adapters)), "the adapters are not acceptable"),
    ):
        replica = by_chain()
        back(replica, REPLAY, machine="till")
        with pytest.raises(Rejected, match=message):
            replica.upgrade(encode_upgrade(replace(CHAIN, id="d" * 32, passed=passed)))
        assert replica.engine.machines["till"].loaded.id == IDS[0]
