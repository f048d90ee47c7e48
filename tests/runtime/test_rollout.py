"""Trials and canaries: who runs what, what ends them, and what is left then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.rollout import ALL
from camshaft.errors import Rejected
from camshaft.runtime.entries import Input
from camshaft.runtime.outcomes import NOTHING, Returned, RolledBack, StaleInput, Steered, Trapped
from camshaft.runtime.rollout import RunningRollout
from camshaft.values.address import Address
from camshaft.values.codec import encode_raw
from camshaft.values.types import INT
from generators.machines import cart, merge, split, split_only_even, upgrade
from generators.rollouts import BOUND, CAPPED, ONES, PAIRS, SHY, TENS, Clocked, terms

MINUTE = 60_000_000


def on_trial(
    new: Program = TENS, migrate: Program | None = None, back: Program | None = None, **limits: Any
) -> Clocked:
    clocked = Clocked()
    clocked.incr([None, "ann", "ann"], ONES)
    clocked.replica.upgrade(upgrade(ONES, new, migrate, back, rollout=terms(**limits), id=clocked.new_id()))
    return clocked


def go_back(clocked: Clocked) -> RolledBack:
    checked = clocked.replica.engine.check_rollback("counter")
    return clocked.replica.rollback(clocked.new_id(), "counter", checked.undoable.position, checked.way)


def under_way(clocked: Clocked) -> RunningRollout | None:
    return clocked.replica.engine.machine("counter").rollout


def check_replicas_agree(clocked: Clocked) -> None:
    again, replica = clocked.again(), clocked.replica
    assert again.engine.history("counter") == replica.engine.history("counter")
    one, other = again.engine.machine("counter"), replica.engine.machine("counter")
    assert [(key, each.loaded.id, encode_raw(each.state)) for key, each in one.each()] == [
        (key, each.loaded.id, encode_raw(each.state)) for key, each in other.each()
    ]
    assert (one.loaded.id, one.rollout is None) == (other.loaded.id, other.rollout is None)


def test_a_trial_runs_every_instance_under_the_new_version() -> None:
    clocked = on_trial()
    assert clocked.incr(["ann", "bob"], TENS) == [NOTHING, NOTHING]
    assert clocked.states == {None: (1,), "ann": (12,), "bob": (10,)}
    assert clocked.outcomes == ["on trial"]
    check_replicas_agree(clocked)


def test_going_back_from_a_trial_gives_what_the_old_version_made_of_the_same_inputs() -> None:
    clocked = on_trial(PAIRS, split())
    clocked.incr(["ann", "bob"], PAIRS)
    assert clocked.states == {None: (1, 1), "ann": (2, 3), "bob": (0, 1)}
    done = go_back(clocked)
    assert (done.way, done.instances) == ("trial", 3)
    assert clocked.states == {None: (1,), "ann": (3,), "bob": (1,)}
    assert under_way(clocked) is None
    assert clocked.replica.engine.rollouts.running == {}
    assert clocked.incr(["bob"], ONES) == [NOTHING]
    check_replicas_agree(clocked)


def test_what_the_old_version_has_no_form_of_is_what_going_back_would_lose() -> None:
    clocked = on_trial(PAIRS, split())
    clocked.commit(Input("counter", "eve", "add", (5, "why"), program_id(PAIRS)))
    clocked.incr(["ann"], PAIRS)
    plan = clocked.replica.plan_rollback("counter")
    lost = plan.inputs
    assert (plan.way, plan.ways) == ("trial", ["trial"])
    assert lost is not None
    assert (lost.inputs, lost.unfit.count, lost.different.count, lost.instances) == (2, 1, 0, 1)
    assert "1 input that the old version has no form of" in plan.text()
    assert 'counter/eve add 5 "why"' in plan.text()
    assert not plan.loses_nothing
    go_back(clocked)
    assert clocked.states == {None: (1,), "ann": (3,)}


def test_a_trap_of_the_new_version_alone_ends_the_trial_and_its_caller_hears_the_old_version() -> None:
    clocked = on_trial(CAPPED)
    told = clocked.incr(["ann"] * 5, CAPPED)
    assert told == [NOTHING] * 5
    assert clocked.states["ann"] == (7,), "three under the new version, then two under the old one"
    assert "rolled back by trial: 1 of 4 inputs trapped where the old version does not" in clocked.outcomes[-1]
    assert "first: counter/ann incr at position 8" in clocked.outcomes[-1]
    assert clocked.replica.engine.machine("counter").loaded.id == program_id(ONES)
    assert clocked.replica.engine.machine("counter").undoable == []
    check_replicas_agree(clocked)


def test_an_allowed_rate_of_traps_is_judged_as_though_enough_inputs_had_come() -> None:
    clocked = on_trial(CAPPED, traps=ALL // 5, enough=10)
    told = clocked.incr(["ann"] * 5, CAPPED)
    assert [type(each) for each in told] == [type(NOTHING)] * 3 + [Trapped, Trapped], "two in ten are allowed"
    assert clocked.incr(["ann"], CAPPED) == [NOTHING], "the third is the old version's"
    assert clocked.states["ann"] == (8,)
    check_replicas_agree(clocked)


def test_a_refusal_of_what_the_old_version_does_ends_the_trial() -> None:
    clocked = on_trial(SHY)
    assert clocked.incr(["ann"] * 4, SHY) == [NOTHING] * 4
    assert "1 of 4 inputs refused where the old version does not" in clocked.outcomes[-1]


def test_an_undeclared_difference_ends_the_trial_and_a_declared_one_does_not() -> None:
    look = Input("counter", "ann", "value", (), program_id(TENS))
    clocked = on_trial()
    clocked.incr(["ann"], TENS)
    assert clocked.commit(look) == [Returned(INT, 3)], "what the old version says"
    assert "1 of 2 inputs answered otherwise than by the old version, undeclared" in clocked.outcomes[-1]
    clocked = on_trial(different=("value",))
    clocked.incr(["ann"], TENS)
    assert clocked.commit(look) == [Returned(INT, 12)]
    assert under_way(clocked) is not None


def test_a_broken_invariant_ends_the_trial_and_is_named() -> None:
    clocked = on_trial(BOUND)
    assert clocked.incr(["ann"] * 3, BOUND) == [NOTHING] * 3
    assert clocked.outcomes[-1] == (
        "rolled back by trial: counter/ann broke an invariant at position 7, by incr: `bound` is false"
    )
    assert clocked.states["ann"] == (5,)
    check_replicas_agree(clocked)


def test_an_input_that_breaks_an_invariant_and_has_no_old_form_did_not_happen() -> None:
    old = replace(ONES, methods=tuple(each for each in ONES.methods if each.name != "add"))
    clocked = Clocked(old)
    clocked.replica.upgrade(upgrade(old, BOUND, rollout=terms()))
    (told,) = clocked.commit(Input("counter", "ann", "add", (9,), program_id(BOUND)))
    assert isinstance(told, StaleInput)
    assert clocked.states == {}
    assert under_way(clocked) is None


def test_silence_is_never_success() -> None:
    clocked = on_trial(period=10 * MINUTE, enough=3)
    clocked.now_us = 60 * MINUTE
    clocked.incr([None, None], TENS)
    clocked.incr([None], ONES)
    assert under_way(clocked) is not None, "one too few when the last batch began"
    clocked.incr([None], TENS)
    assert clocked.outcomes == ["on trial", "confirmed: healthy after 3 inputs"]
    assert under_way(clocked) is None
    check_replicas_agree(clocked)


def test_a_trial_is_not_confirmed_before_its_time() -> None:
    clocked = on_trial(period=10 * MINUTE)
    clocked.now_us = 10 * MINUTE - 1
    clocked.incr([None], TENS)
    clocked.incr([None], TENS)
    assert clocked.outcomes == ["on trial"]
    clocked.now_us += 1
    clocked.incr([None], TENS)
    assert clocked.outcomes[-1] == "confirmed: healthy after 2 inputs"


def test_who_takes_a_trial_back_or_holds_it_does_not_find_it_confirmed_by_that() -> None:
    for ask in (go_back, lambda clocked: clocked.steer("hold")):
        clocked = on_trial(period=MINUTE)
        clocked.incr([None], TENS)
        clocked.now_us = 2 * MINUTE
        ask(clocked)
        assert clocked.outcomes[-1] in ("rolled back by trial", "held")
        check_replicas_agree(clocked)


def test_what_neither_version_can_run_counts_for_nothing() -> None:
    clocked = on_trial(PAIRS, split(), enough=1)
    (told,) = clocked.commit(Input("counter", "ann", "gone", (), program_id(PAIRS)))
    assert isinstance(told, StaleInput)
    rollout = under_way(clocked)
    assert rollout is not None
    assert rollout.health.inputs == 0


def test_confirming_ends_a_trial_and_a_rollback_afterwards_goes_its_usual_way() -> None:
    clocked = on_trial(PAIRS, split(), merge())
    clocked.incr(["ann"], PAIRS)
    assert clocked.steer("confirm") == Steered("counter", "confirm", ALL, 2, 6)
    assert clocked.outcomes == ["on trial", "confirmed"]
    with pytest.raises(Rejected, match=r"no rollout of counter is under way; its last change, at position 6: rollout,"):
        clocked.steer("confirm")
    assert go_back(clocked).way == "downgrade"
    assert clocked.states == {None: (1,), "ann": (3,)}
    check_replicas_agree(clocked)


def test_a_replay_after_a_rollout_goes_back_to_before_it_began() -> None:
    clocked = on_trial(PAIRS, split())
    clocked.incr(["ann"], PAIRS)
    clocked.steer("confirm")
    clocked.incr(["ann"], PAIRS)
    plan = clocked.replica.plan_rollback("counter")
    assert plan.inputs is not None
    assert (plan.way, plan.inputs.inputs, plan.loses_nothing) == ("replay", 2, True)
    go_back(clocked)
    assert clocked.states == {None: (1,), "ann": (4,)}


def test_a_plan_goes_once_more_through_what_rollouts_did_by_themselves() -> None:
    """The rollout of a later upgrade ended by itself: at an input, and at the time of a batch."""
    clocked = Clocked()
    clocked.replica.upgrade(upgrade(ONES, PAIRS, split(), id=clocked.new_id()))
    clocked.replica.upgrade(upgrade(PAIRS, CAPPED, merge(), id=clocked.new_id(), rollout=terms()))
    clocked.incr(["ann"] * 7, CAPPED)
    assert "rolled back by trial" in clocked.outcomes[-1]
    clocked.now_us = MINUTE
    clocked.replica.upgrade(upgrade(PAIRS, TENS, merge(), id=clocked.new_id(), rollout=terms(period=MINUTE)))
    clocked.incr(["bob"], TENS)
    clocked.now_us = 3 * MINUTE
    clocked.incr(["bob"], TENS)
    assert clocked.outcomes[-1] == "confirmed: healthy after 1 inputs"
    clocked.replica.upgrade(upgrade(TENS, PAIRS, split(), id=clocked.new_id()))
    position = clocked.replica.engine.machine("counter").undoable[0].position
    machine = clocked.replica.engine.machine("counter")
    machine.undoable[1:] = []
    plan = clocked.replica.plan_rollback("counter", "replay")
    assert plan.inputs is not None
    assert (plan.undone, plan.inputs.inputs, plan.inputs.different.count, plan.inputs.instances) == (position, 9, 0, 0)


def test_only_one_upgrade_is_rolled_out_at_a_time() -> None:
    clocked = on_trial()
    with pytest.raises(Rejected, match="at position 4 is still being rolled out: confirm it or roll it back first"):
        clocked.replica.upgrade(upgrade(TENS, ONES))
    for way in ("downgrade", "replay"):
        with pytest.raises(Rejected, match="still being rolled out: go back by trial, or confirm it first"):
            clocked.replica.plan_rollback("counter", way)


def test_without_a_rollout_there_is_no_way_back_by_trial() -> None:
    clocked = Clocked()
    clocked.replica.upgrade(upgrade(ONES, TENS))
    with pytest.raises(Rejected, match="no rollout of counter is under way"):
        clocked.replica.plan_rollback("counter", "trial")


def test_a_rollout_names_methods_that_there_are() -> None:
    with pytest.raises(Rejected, match="the answers of valu may differ, and there is no such method; there is add,"):
        on_trial(different=("valu",))


def test_the_fuel_of_a_machine_is_that_of_both_versions() -> None:
    clocked = on_trial()
    clocked.replica.set_fuel("counter", 1)
    assert isinstance(clocked.incr(["ann"], TENS)[0], Trapped)
    assert under_way(clocked) is not None, "it traps under both versions, which is held against neither"
    clocked.replica.set_fuel("counter", None)
    assert clocked.incr(["ann"], TENS) == [NOTHING]
    assert go_back(clocked).way == "trial"
    assert clocked.states["ann"] == (3,)


def test_two_versions_of_one_instance_share_no_container() -> None:
    again = cart_of("again")
    clocked = Clocked(cart())
    put = Input("cart", None, "put", ("pen", 5), program_id(cart()))
    clocked.commit(put)
    clocked.replica.upgrade(upgrade(cart(), again, rollout=terms()))
    for taken in (1, 2):
        clocked.commit(Input("cart", None, "take", ("pen", taken), program_id(again)))
    machine = clocked.replica.engine.machine("cart")
    rollout = machine.rollout
    assert rollout is not None
    assert dict(machine.states()) == dict(rollout.shadows.states()) == {None: ({"pen": 2}, 3)}


def cart_of(name: str) -> Program:
    """The cart with its first method under another name as well."""
    put, *others = cart().methods
    return replace(cart(), methods=(put, replace(put, name=name), *others))


# ---- canaries --------------------------------------------------------------------------------------------------------

KEYS = [f"k{number}" for number in range(200)]


def canary(*shares: int, new: Program = TENS, migrate: Program | None = None, **limits: Any) -> Clocked:
    clocked = Clocked()
    clocked.incr(KEYS, ONES)
    clocked.replica.upgrade(upgrade(ONES, new, migrate, rollout=terms(*shares, **limits), id=clocked.new_id()))
    return clocked


def in_the_canary(clocked: Clocked) -> set[str]:
    machine = clocked.replica.engine.machine("counter")
    return {str(key) for key, each in machine.each() if each.loaded.id != program_id(ONES)}


def test_a_canary_is_a_share_of_the_instances_and_an_instance_never_leaves_it_as_it_grows() -> None:
    clocked = canary(ALL // 10, ALL // 2)
    first = in_the_canary(clocked)
    assert 5 <= len(first) <= 40
    assert clocked.steer("grow").share == ALL // 2
    second = in_the_canary(clocked)
    assert first < second
    assert 70 <= len(second) <= 130
    assert clocked.steer("grow", ALL).instances == len(KEYS)
    assert clocked.outcomes == ["canary: 10 % of the instances", "50 % of the instances", "100 % of the instances"]
    check_replicas_agree(clocked)


def test_an_instance_runs_the_version_of_its_side_and_so_does_one_that_is_new() -> None:
    clocked = canary(ALL // 2, new=PAIRS, migrate=split())
    old, new = min(set(KEYS) - in_the_canary(clocked)), min(in_the_canary(clocked))
    clocked.incr([old], ONES)
    clocked.incr([new], PAIRS)
    assert (clocked.states[old], clocked.states[new]) == ((2,), (1, 2))
    machine = clocked.replica.engine.machine("counter")
    for key in (f"new-{number}" for number in range(50)):
        runs = machine.program_of(key)
        assert clocked.replica.engine.prepare(Address("counter", key), "incr").loaded is runs
        clocked.commit(Input("counter", key, "incr", (), runs.id))
        instance = machine.instance(key)
        assert instance is not None
        assert instance.loaded is runs
    assert machine.loaded.id == program_id(ONES), "until the new version has come to all"
    check_replicas_agree(clocked)


def test_a_client_of_either_version_is_served_by_both_where_its_method_is_the_same() -> None:
    clocked = canary(ALL // 2, new=PAIRS, migrate=split())
    assert clocked.incr(KEYS, ONES) == [NOTHING] * len(KEYS)
    assert clocked.incr(KEYS, PAIRS) == [NOTHING] * len(KEYS)
    assert {state[-1] for state in clocked.states.values()} == {3}


def test_going_back_from_a_canary_loses_nothing() -> None:
    clocked = canary(ALL // 2, new=PAIRS, migrate=split())
    machine = clocked.replica.engine.machine("counter")
    clocked.commit(*(Input("counter", key, "incr", (), machine.program_of(key).id) for key in [*KEYS, "new", "newer"]))
    assert clocked.replica.plan_rollback("counter").loses_nothing
    assert go_back(clocked).instances == len(KEYS) + 2
    assert clocked.states == {**dict.fromkeys(KEYS, (2,)), "new": (1,), "newer": (1,)}
    check_replicas_agree(clocked)


def test_a_canary_that_fails_goes_back_by_itself() -> None:
    clocked = canary(ALL // 2, new=CAPPED)
    assert clocked.incr([min(in_the_canary(clocked))] * 6, CAPPED) == [NOTHING] * 6
    assert in_the_canary(clocked) == set()
    assert "1 of 5 inputs trapped" in clocked.outcomes[-1]
    check_replicas_agree(clocked)


def test_waves_begin_by_themselves_each_with_a_health_of_its_own() -> None:
    clocked = canary(ALL // 10, ALL // 2, ALL, period=MINUTE, enough=2)
    key = min(in_the_canary(clocked))
    shares = []
    for _ in range(6):
        clocked.now_us += MINUTE
        clocked.incr([key, key], TENS)
        rollout = under_way(clocked)
        shares.append(None if rollout is None else rollout.share)
    assert shares == [ALL // 10, ALL // 2, ALL, None, None, None]
    assert clocked.outcomes[1] == "50 % of the instances: healthy after 2 inputs"
    check_replicas_agree(clocked)


def test_a_canary_whose_waves_do_not_reach_all_waits_after_the_last() -> None:
    clocked = canary(ALL // 2, period=MINUTE)
    for _ in range(3):
        clocked.now_us += MINUTE
        clocked.incr([min(in_the_canary(clocked))], TENS)
    assert clocked.outcomes == ["canary: 50 % of the instances"]
    with pytest.raises(Rejected, match="has no further wave: say to what share, or confirm it"):
        clocked.steer("grow")
    for share in (ALL // 2, ALL + 1, 0):
        with pytest.raises(Rejected, match="runs on 50 % of the instances, and its share only grows"):
            clocked.steer("grow", share)
    with pytest.raises(Rejected, match="a share is given to grow to, not to hold"):
        clocked.steer("hold", ALL)
    with pytest.raises(Rejected, match="a rollout cannot 'stop'; it can grow, hold, resume, confirm"):
        clocked.steer("stop")
    assert clocked.steer("confirm").instances == len(KEYS)
    assert {state[0] for state in clocked.states.values()} == {1, 31}
    check_replicas_agree(clocked)


def test_a_held_rollout_waits_and_goes_on_when_it_is_resumed() -> None:
    clocked = canary(ALL // 10, ALL, period=MINUTE)
    key = min(in_the_canary(clocked))
    clocked.steer("hold")
    with pytest.raises(Rejected, match="is held already"):
        clocked.steer("hold")
    for _ in range(3):
        clocked.now_us += MINUTE
        clocked.incr([key], TENS)
    assert clocked.outcomes[1:] == ["held"]
    clocked.steer("resume")
    with pytest.raises(Rejected, match="is not held"):
        clocked.steer("resume")
    assert clocked.outcomes[1:] == ["held", "resumed"]
    clocked.incr([key], TENS)
    assert clocked.outcomes[-1] == "100 % of the instances: healthy after 3 inputs"
    check_replicas_agree(clocked)


def test_a_held_rollout_that_fails_goes_back_all_the_same() -> None:
    clocked = on_trial(CAPPED)
    clocked.steer("hold")
    clocked.incr(["ann"] * 5, CAPPED)
    assert "rolled back by trial" in clocked.outcomes[-1]


def test_an_instance_that_the_migration_fails_on_keeps_a_wave_from_beginning() -> None:
    """Every count was even when the upgrade was checked. The odd ones run the old version still."""
    clocked = Clocked()
    clocked.incr(KEYS * 2, ONES)
    rollout = terms(ALL // 10, ALL, period=MINUTE)
    clocked.replica.upgrade(upgrade(ONES, PAIRS, split_only_even(), rollout=rollout, id=clocked.new_id()))
    odd = min(set(KEYS) - in_the_canary(clocked))
    clocked.incr([odd, min(in_the_canary(clocked))], ONES)
    with pytest.raises(Rejected, match=f"the migration fails on the instance counter/{odd}: .*; nothing was changed"):
        clocked.steer("grow")
    assert clocked.outcomes == ["canary: 10 % of the instances"]
    clocked.now_us = MINUTE
    clocked.incr([odd], ONES)
    assert clocked.outcomes[-1].startswith(f"rolled back by trial: the migration fails on the instance counter/{odd}: ")
    assert not clocked.outcomes[-1].endswith("nothing was changed")
    assert clocked.states[odd] == (4,)
    check_replicas_agree(clocked)
