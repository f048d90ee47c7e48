"""The plan of a rollback: what either way would lose is counted, its first example named, and nothing is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.rollback import Example, Field, FieldLosses, RollbackPlan, plan_from_json
from camshaft.category.terms import Constant, Fork, Get, If, Primitive, Project, Refuse, compose, operate
from camshaft.category.terms import Trap as TrapTerm
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input, Rollback, Setting
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.losses import field_losses
from camshaft.runtime.replica import Replica
from camshaft.values.types import INT, STR, List, Record
from generators.machines import (
    COUNT,
    counter,
    counter_v2,
    merge,
    merge_only_even,
    method,
    migration,
    number,
    split,
    upgrade,
)

V1, V2 = counter(), counter_v2()
ONE, TWO = program_id(V1), program_id(V2)
SAME = migration(V1.state, V1.state, Project("was"))


def running() -> Replica:
    replica = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
    replica.deploy(encode_program(V1))
    replica.commit([Input("counter", None, "add", (2,), ONE)])
    return replica


def planned(replica: Replica, way: str | None = None) -> RollbackPlan:
    """The plan, which is the same after a journey as JSON, and which changes nothing."""
    before = replica.engine.position, dict(replica.engine.machines["counter"].states())
    plan = replica.plan_rollback("counter", way)
    assert (replica.engine.position, dict(replica.engine.machines["counter"].states())) == before
    assert plan_from_json(plan.json()) == plan
    return plan


def test_a_downgrade_names_the_fields_that_it_drops() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split(), merge()))
    plan = planned(replica)
    assert (plan.way, plan.ways, plan.written, plan.inputs) == ("downgrade", ["downgrade", "replay"], True, None)
    assert plan.fields == FieldLosses([Field("old", "int")], [], [])
    assert not plan.loses_nothing
    assert plan.text() == (
        f"rollback counter {TWO[:12]} -> {ONE[:12]}, which takes back the upgrade at position 2\n"
        "  way:       downgrade: the code that the upgrade brought for it\n"
        "  instances: 1, all at once\n"
        "  loses:\n"
        "    - old: int\n"
        "  other way: replay, which loses something else: ask for its plan"
    )


def test_a_downgrade_names_the_fields_that_get_another_type_or_are_made_anew() -> None:

    now = Record((("count", INT), ("tags", List(INT))))
    then = Record((("count", List(INT)), ("gone", STR)))
    assert field_losses(now, then) == FieldLosses(
        [Field("tags", "list[int]")], [Field("count", "int", "list[int]")], [Field("gone", "str")]
    )
    assert field_losses(INT, INT) == FieldLosses([], [], [])
    assert field_losses(INT, STR) == FieldLosses([], [Field("the state", "int", "str")], [])


def test_an_upgrade_that_left_the_states_alone_loses_nothing() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, counter(step=2)))
    plan = planned(replica)
    assert plan.loses_nothing
    assert "  way:       downgrade: no state is changed, since the upgrade had changed none\n" in plan.text()
    assert plan.text().endswith("  loses:     nothing")


def test_a_replay_of_inputs_that_mean_the_same_loses_nothing() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    replica.commit([Input("counter", key, "incr", (), TWO) for key in (None, "ann")])
    plan = planned(replica)
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.loses_nothing, plan.ways) == (2, True, ["replay"])


def test_a_replay_counts_the_inputs_that_the_old_program_has_no_form_of_and_what_they_made() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    replica.commit([Input("counter", None, "incr", (), TWO)])
    replica.commit([Input("counter", key, "add", (n, "why"), TWO) for key, n in (("ann", 7), ("bob", 8))])
    plan = planned(replica)
    assert plan.inputs is not None
    assert (plan.inputs.inputs, plan.inputs.unfit.count, plan.inputs.instances) == (3, 2, 2)
    assert plan.inputs.unfit.first == Example(
        4,
        "counter/ann",
        "add",
        ["7", '"why"'],
        "null",
        f"stale: counter runs program {ONE[:12]} now, the input was made for {TWO[:12]}: add takes (n: int) now, not "
        "(n: int, why: str)",
    )
    text = plan.text()
    assert "    - 2 inputs that the old version has no form of\n" in text
    assert '        first at position 4: counter/ann add 7 "why"\n' in text
    assert "    - 2 instances of which nothing is left" in text


def with_limit(step: int, limit: int, trap: bool) -> Program:
    """The counter with `take`, which answers the count, and refuses or traps above a limit."""
    over = operate(Primitive("less"), number(limit), Get(COUNT))
    refuse = compose(Fork((("count", Get(COUNT)),)), Refuse("Full", Record((("count", INT),))))
    fail = compose(Constant(STR, "full"), TrapTerm("AssertionError")) if trap else refuse
    return counter(step, extra=(method("take", If(over, fail, Get(COUNT)), INT),))


@pytest.mark.parametrize("trap", [False, True])
def test_a_replay_counts_what_fails_and_what_is_answered_differently(trap: bool) -> None:
    old, new = with_limit(1, 2, trap), with_limit(5, 100, trap)
    replica = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
    replica.deploy(encode_program(old))
    replica.upgrade(upgrade(old, new, SAME))
    incr, take, fail = (Input("counter", None, name, (), program_id(new)) for name in ("incr", "take", "trap"))
    replica.commit([incr, take, fail])
    replica.commit([incr, incr, take])
    plan = planned(replica)
    assert plan.inputs is not None
    becomes = "trap: AssertionError: full" if trap else 'refused: Full {"count":3}'
    fails = plan.inputs.trapped if trap else plan.inputs.refused
    assert (fails.count, fails.first) == (1, Example(7, "counter", "take", [], "15", becomes))
    assert plan.inputs.different.first == Example(3, "counter", "take", [], "5", "1")
    counted = [loss.count for loss in (plan.inputs.unfit, plan.inputs.refused, plan.inputs.trapped)]
    assert (plan.inputs.inputs, sum(counted), plan.inputs.different.count) == (6, 1, 1)
    assert "    - 1 input that the old version answers differently\n" in plan.text()
    assert "        it is at position 3: counter take\n        was: 5; becomes: 1" in plan.text()


def test_what_was_answered_is_found_through_all_that_changed_since() -> None:
    """Upgrades, void ones, retries, rollbacks and settings after the upgrade that would be taken back."""
    replica = running()
    first = upgrade(V1, V2, split())
    replica.upgrade(first)
    third = replace(V2, methods=V2.methods[:1])
    replica.commit(
        [Input("counter", None, "incr", (), TWO), UpgradeEntry(first), UpgradeEntry(upgrade(V1, V2, split()))]
    )
    second = upgrade(V2, third, migration(V2.state, V2.state, Constant(V2.state, (50, 60))))
    replica.upgrade(second)
    replica.commit([Input("counter", None, "incr", (), program_id(third))])
    replica.set_fuel("counter", 1)
    replica.commit([Input("counter", None, "incr", (), program_id(third))])
    replica.set_fuel("counter", None)
    undone = replica.engine.machines["counter"].undoable[-1].position
    replica.commit([Rollback("a" * 32, "counter", undone, "replay"), Setting("counter", 0)])
    replica.commit([Input("counter", None, "value", (), TWO), UpgradeEntry(second)])
    plan = planned(replica)
    assert plan.inputs is not None
    assert (plan.undone, plan.inputs.inputs) == (2, 4)
    assert plan.loses_nothing, "starved is starved, and the value is the same, in both"


def test_an_input_for_a_program_that_came_later_had_no_form_then() -> None:
    """It is known by now: what it was told is not found out by asking what is known now."""
    replica, tens = running(), counter(step=10)
    replica.upgrade(upgrade(V1, tens, SAME))
    early = Input("counter", None, "incr", (), TWO)
    replica.commit([early])
    replica.upgrade(upgrade(tens, V2, split()))
    replica.commit([Rollback("a" * 32, "counter", 4, "replay")])
    plan = planned(replica)
    assert plan.inputs is not None
    assert plan.inputs.different.count == 1
    assert plan.inputs.different.first is not None
    assert "which never ran here" in plan.inputs.different.first.was


def test_what_is_shown_of_an_input_is_not_longer_than_people_read() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    replica.commit([Input("counter", None, "add", (1, "x" * 1_000), TWO)])
    plan = planned(replica)
    assert plan.inputs is not None
    assert plan.inputs.unfit.first is not None
    assert len(plan.inputs.unfit.first.arguments[1]) == 201


def test_a_plan_is_refused_where_the_rollback_would_be() -> None:
    replica = running()
    with pytest.raises(Rejected, match="there is nothing to go back to"):
        replica.plan_rollback("counter")
    replica.upgrade(upgrade(V1, V2, split(), merge_only_even()))
    replica.commit([Input("counter", None, "incr", (), TWO)])
    with pytest.raises(Rejected, match="the downgrade fails on the instance counter: AssertionError: an odd count"):
        replica.plan_rollback("counter")
    assert planned(replica, "replay").way == "replay"


def test_what_is_no_plan_is_rejected() -> None:
    for text in ("", "{}", "[1]", "nonsense"):
        with pytest.raises(Rejected, match="the plan of a rollback was due"):
            plan_from_json(text)
