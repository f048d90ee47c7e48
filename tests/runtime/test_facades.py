"""Inputs of old interfaces run through the adapters of the upgrades since, the same at each replay."""

from __future__ import annotations

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.rollback import REPLAY
from camshaft.errors import Rejected, Stale
from camshaft.evolution.upgrade import Upgrade
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.facades import ADAPTED, SAME, distance, known_version, ways
from camshaft.runtime.outcomes import NOTHING, RefusedBy, Returned, StaleInput
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from camshaft.values.types import INT, Record
from generators import till_v1, till_v2, till_v3
from generators.machines import counter, counter_v2, split, upgrade
from generators.rollbacks import back, states
from generators.tills import IDS, PROGRAMS, a_node, ran, replayed

CENTS = Record((("cents", INT),))


@pytest.mark.parametrize("versions", [1, 2, 3])
def test_an_old_input_runs_as_its_version_would_have_it(versions: int) -> None:
    replica = a_node(versions)
    assert ran(replica, 1, "pay", 5) == Returned(INT, 105)
    assert ran(replica, 1, "take", 5) == NOTHING
    refused = ran(replica, 1, "take", 200)
    assert isinstance(refused, RefusedBy)
    assert (refused.name, refused.payload_type, refused.payload) == ("TooLittle", Record((("left", INT),)), (100,))
    assert ran(replica, 1, "bill") == Returned(CENTS, (5,))
    assert states(replayed(replica), "till") == states(replica, "till")


def test_what_a_version_in_between_adds_is_what_it_says_itself() -> None:
    replica = a_node(3)
    ran(replica, 1, "pay", 5)
    # The second version's default: the third one's is for clients of the second one's own kind.
    assert states(replica, "till")[None][2] == "no note"


def test_a_method_that_nothing_adapts_is_stale_and_runs_nothing() -> None:
    replica = a_node(3)
    before = states(replica, "till")
    with pytest.raises(Stale, match=r"price takes \(article: str\) now, not \(article: int\)"):
        replica.query(Address("till"), "price", (3,), IDS[0])
    with pytest.raises(Stale, match="there is no method count any more"):
        replica.query(Address("till"), "count", (), IDS[1])
    assert states(replica, "till") == before


def test_a_refusal_that_the_old_version_does_not_know_is_stale_and_changes_nothing() -> None:
    replica = a_node(3)
    ran(replica, 3, "close", 7)
    for version in (1, 2):
        arguments = (5,) if version == 1 else (5, "a note")
        outcome = ran(replica, version, "pay", *arguments)
        assert isinstance(outcome, StaleInput)
        assert outcome.reason.startswith(
            f"till refused with Closed, which the version that the input was made for, "
            f"{IDS[version - 1][:12]}, does not know; nothing was changed"
        )
    assert states(replica, "till")[None][0] == 100


def test_an_instance_may_begin_with_an_adapted_input() -> None:
    replica = a_node(3)
    replica.commit([Input("till", "new", "pay", (5,), IDS[0])])
    assert replica.engine.machines["till"].program_of("new").id == IDS[2]
    assert replica.query(Address("till", "new"), "bill", (), IDS[0]) == Returned(CENTS, (5,))
    assert "other" not in replica.engine.machines["till"].keys
    assert replica.query(Address("till", "other"), "bill", (), IDS[0]) == Returned(CENTS, (0,))


def test_ways_tell_how_each_method_is_served() -> None:
    engine = a_node(3).engine
    machine = engine.machines["till"]
    first = known_version(engine.catalog, machine, IDS[0], "")
    assert first is not None
    found = ways(machine, engine.catalog, first)
    assert {name: found[name] for name in ("pay", "take", "bill")} == dict.fromkeys(("pay", "take", "bill"), ADAPTED)
    assert "price takes" in found["price"]
    assert "no method count" in found["count"]
    assert distance(machine, first) == 2
    assert set(ways(machine, engine.catalog, machine.loaded).values()) == {SAME}
    assert distance(machine, machine.loaded) == 0


def test_a_version_is_known_by_its_origin_too() -> None:
    engine = a_node(2).engine
    machine = engine.machines["till"]
    found = known_version(engine.catalog, machine, "0" * 64, PROGRAMS[0].origin)
    assert found is not None
    assert found.id == IDS[0]
    assert known_version(engine.catalog, machine, "0" * 64, "") is None
    assert known_version(engine.catalog, machine, IDS[2], PROGRAMS[2].origin) is None


def test_after_a_rollback_inputs_of_the_version_before_run_as_they_are() -> None:
    replica = a_node(2)
    assert ran(replica, 1, "pay", 5) == Returned(INT, 105)
    back(replica, machine="till")
    machine = replica.engine.machines["till"]
    assert machine.loaded.id == IDS[0]
    # The replay has run the adapted input under its own version again.
    assert states(replica, "till")[None][0] == 105
    assert ran(replica, 1, "pay", 5) == Returned(INT, 110)
    outcome = ran(replica, 2, "pay", 5, "a note")
    assert isinstance(outcome, StaleInput)
    newer = known_version(replica.engine.catalog, machine, IDS[1], "")
    assert newer is not None
    assert distance(machine, newer) is None


def test_a_replay_adapts_inputs_of_still_earlier_versions() -> None:
    replica = a_node(3)
    assert ran(replica, 1, "pay", 5) == Returned(INT, 105)
    plan = replica.plan_rollback("till", REPLAY)
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.inputs.unfit.count) == (1, 0)
    back(replica, REPLAY, machine="till")
    machine = replica.engine.machines["till"]
    assert machine.loaded.id == IDS[1]
    assert states(replica, "till") == {None: (105, 5, "no note")}
    assert ran(replica, 1, "pay", 5) == Returned(INT, 110)
    assert states(replayed(replica), "till") == {None: (110, 5, "no note")}


def test_without_adapters_a_method_is_served_where_it_is_the_same() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    replica.upgrade(upgrade(counter(), counter_v2(), split()))
    first = program_id(counter())
    assert replica.commit([Input("counter", None, "incr", (), first)]) == [NOTHING]
    (outcome,) = replica.commit([Input("counter", None, "add", (1,), first)])
    assert isinstance(outcome, StaleInput)
    assert "add takes" in outcome.reason


def test_adapters_of_other_versions_are_no_part_of_an_upgrade() -> None:
    replica = a_node(1)
    wrong = Upgrade(till_v2.Till, till_v3.Till).prepared().upgrade.adapters
    right = Upgrade(till_v1.Till, till_v2.Till).prepared().upgrade
    data = upgrade(PROGRAMS[0], right.program, right.migration, adapters=wrong)
    with pytest.raises(Rejected, match=r"the adapters are not acceptable: .*nothing was changed"):
        replica.upgrade(data)
    assert replica.engine.machines["till"].loaded.id == IDS[0]
