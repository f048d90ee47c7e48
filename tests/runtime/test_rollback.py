"""Going back, where it works: what the states are then, by either way, and who finds out."""

from __future__ import annotations

from dataclasses import replace

from camshaft.bytecode.encoding import program_id
from camshaft.category.terms import Fork, Primitive, Project, Term, compose, operate
from camshaft.runtime.entries import Input, Rollback, decode_batch
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.outcomes import RolledBack, Trapped, Upgraded
from generators.machines import (
    counter,
    counter_v2,
    dice,
    merge,
    migration,
    number,
    split,
    upgrade,
)
from generators.rollbacks import ID, ONE, TWO, V1, V2, back, check_replicas_agree, incr, picture, running, states


def test_a_downgrade_takes_every_instance_back_and_keeps_what_happened_since() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split(), merge()))
    replica.commit([incr(), incr("bob")])
    assert back(replica) == RolledBack("counter", TWO, ONE, "downgrade", 3, undone=3, position=6)
    assert states(replica) == {None: (3,), "ann": (4,), "bob": (1,)}
    assert all(each.loaded.id == ONE for _, each in replica.engine.machines["counter"].each())
    last = replica.engine.history("counter")[-1]
    assert (last.position, last.kind, last.outcome, last.migrated) == (6, "rollback", "rolled back by downgrade", 3)
    replica.commit([incr(interface=ONE)])
    assert states(replica)[None] == (4,)
    check_replicas_agree(replica)


def test_a_replay_runs_the_inputs_since_under_the_old_program() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, counter(step=10), migration(V1.state, V1.state, doubled())))
    ten = program_id(counter(step=10))
    replica.commit([incr(None, ten), incr("bob", ten), Input("counter", "bob", "refuse", (), ten)])
    assert states(replica) == {None: (14,), "ann": (8,), "bob": (10,)}
    assert back(replica).way == "replay"
    assert states(replica) == {None: (3,), "ann": (4,), "bob": (1,)}, "as if the upgrade had never happened"
    check_replicas_agree(replica)


def doubled() -> Term:
    count = compose(Project("was"), Project("count"))
    return Fork((("count", operate(Primitive("multiply"), count, number(2))),))


def test_an_input_that_the_old_program_has_no_form_of_is_left_out_of_a_replay() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    replica.commit(
        [Input("counter", None, "add", (5, "why"), TWO), Input("counter", "bob", "add", (6, "so"), TWO), incr()]
    )
    back(replica)
    assert states(replica) == {None: (3,), "ann": (4,)}
    check_replicas_agree(replica)


def test_an_upgrade_that_left_the_states_alone_is_undone_the_same_way() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, counter(step=10)))
    replica.commit([incr(None, program_id(counter(step=10)))])
    assert back(replica).way == "downgrade"
    assert states(replica) == {None: (12,), "ann": (4,)}
    check_replicas_agree(replica)


def test_a_replay_has_the_time_the_random_numbers_and_the_fuel_of_each_inputs_own_batch() -> None:
    """Two replicas on equal clocks and seeds, one of which upgrades and goes back: they end in the same state."""
    first, second = running(dice()), running(dice())
    roll = Input("dice", "d", "roll", (), program_id(dice()))
    state = dice().state
    first.upgrade(upgrade(dice(), replace(dice(), methods=dice().methods[:1]), migration(state, state, Project("was"))))
    second.set_fuel("dice", None)
    for replica in (first, second):
        replica.commit([roll, roll])
        replica.set_fuel("dice", 10)
        (starved,) = replica.commit([roll])
        assert isinstance(starved, Trapped)
        replica.set_fuel("dice", 100_000)
        replica.commit([roll])
    back(first, machine="dice")
    assert len(states(first, "dice")["d"][0]) == 3
    assert states(first, "dice") == states(second, "dice")
    check_replicas_agree(first)


def test_an_upgrade_in_the_middle_of_a_batch_is_undone_in_the_middle_of_another() -> None:
    replica = running()
    data = upgrade(V1, V2, split(), id="a" * 32)
    replica.commit([incr(interface=ONE), UpgradeEntry(data), incr(), incr("bob")])
    outcomes = replica.commit([incr(), Rollback(ID, "counter", 4, "replay"), incr(interface=ONE)])
    assert isinstance(outcomes[1], RolledBack)
    assert states(replica) == {None: (2 + 1 + 1 + 1 + 1,), "ann": (4,), "bob": (1,)}
    check_replicas_agree(replica)


def test_an_upgrade_is_undone_in_its_own_batch() -> None:
    replica = running()
    data = upgrade(V1, V2, split(), id="a" * 32)
    rollback = Rollback(ID, "counter", 3, "replay")
    outcomes = replica.commit([UpgradeEntry(data), incr(), rollback, incr(interface=ONE)])
    assert isinstance(outcomes[2], RolledBack)
    assert states(replica) == {None: (4,), "ann": (4,)}
    check_replicas_agree(replica)


def test_after_two_upgrades_each_rollback_goes_one_version_back() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    replica.commit([incr()])
    third = replace(counter_v2(), methods=counter_v2().methods[:1])
    replica.upgrade(upgrade(V2, third, migration(V2.state, V2.state, Project("was"))))
    replica.commit([incr(None, program_id(third))])
    assert back(replica).to_id == TWO
    assert states(replica)[None] == (2, 4)
    replica.commit([incr()])
    assert back(replica, id_="1" * 32).to_id == ONE
    assert states(replica) == {None: (5,), "ann": (4,)}, "all three inputs since, under the first version"
    check_replicas_agree(replica)


def test_after_a_rollback_the_same_version_can_come_again() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    back(replica)
    again = replica.upgrade(upgrade(V1, V2, split()))
    assert isinstance(again, Upgraded)
    replica.commit([incr()])
    assert back(replica, id_="1" * 32).undone == again.position
    assert states(replica)[None] == (3,)
    check_replicas_agree(replica)


def test_a_retry_has_the_first_answer_and_is_not_journaled_again() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    first = back(replica)
    before, end = picture(replica), replica.journal.next_position
    assert replica.rollback(ID, "counter", 3, "replay") == first
    assert replica.journal.next_position == end
    assert replica.commit([Rollback(ID, "counter", 3, "replay")]) == [first], "the fold answers in the same way"
    assert picture(replica) == before
    check_replicas_agree(replica)


def test_a_rollback_is_a_new_entry_and_changes_none_before_it() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    before = list(replica.journal.read())
    back(replica)
    *same, last = replica.journal.read()
    assert same == before
    (entry,) = decode_batch(last.payload).entries
    assert entry == Rollback(ID, "counter", 3, "replay")
