"""Going back: what works, and everything that can be wrong with it, which has its own message and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.category.terms import Fork, Primitive, Project, Term, compose, operate
from camshaft.errors import Fault, Rejected, Where
from camshaft.journal.journal import JournalFailed
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Input, Rollback, Setting, decode_batch
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.outcomes import RefusedBy, RolledBack, Trapped, Upgraded, Void
from camshaft.runtime.replica import Replica
from camshaft.runtime.undoable import MOST_KEPT
from camshaft.values.codec import encode_raw
from generators.machines import (
    cart,
    counter,
    counter_v2,
    dice,
    merge,
    merge_only_even,
    migration,
    number,
    split,
    upgrade,
)

V1, V2 = counter(), counter_v2()
ONE, TWO = program_id(V1), program_id(V2)
ID = "0" * 32


def running(program: Program = V1) -> Replica:
    """A replica with counters at 2 and 4; its clock counts, and its seeds are told apart."""
    clock = iter(range(1_000_000))
    replica = Replica(MemoryJournal(), clock_us=lambda: next(clock), seed=lambda: str(replica.engine.position).encode())
    replica.deploy(encode_program(program))
    if program.name == "counter":
        replica.commit([Input("counter", key, "add", (n,), program_id(program)) for key, n in ((None, 2), ("ann", 4))])
    return replica


def incr(key: str | None = None, interface: str = TWO) -> Input:
    return Input("counter", key, "incr", (), interface)


def back(replica: Replica, way: str | None = None, id_: str = ID, machine: str = "counter") -> RolledBack:
    """Roll back what is the last upgrade now."""
    checked = replica.engine.check_rollback(machine, way=way)
    return replica.rollback(id_, machine, checked.undoable.position, checked.way)


def states(replica: Replica, machine: str = "counter") -> dict[str | None, Any]:
    return dict(replica.engine.machines[machine].states())


def picture(replica: Replica) -> Any:
    """All that a rollback could change, with what is kept for the next one."""
    return [
        (
            machine.loaded.id,
            [(key, each.loaded.id, encode_raw(each.state)) for key, each in machine.instances.items()],
            machine.fuel,
            machine.history,
            [(each.position, each.before.id, each.after.id, each.ways, each.states) for each in machine.undoable],
        )
        for machine in replica.engine.machines.values()
    ]


def check_replicas_agree(replica: Replica) -> None:
    """Whoever folds the journal arrives at the same: at recovery, and on any other replica."""
    other = Replica(replica.journal)
    other.recover()
    assert picture(other) == picture(replica)
    assert other.engine._answers == replica.engine._answers


# ---- what works ----------------------------------------------------------------------------------------------------


def test_a_downgrade_takes_every_instance_back_and_keeps_what_happened_since() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split(), merge()))
    replica.commit([incr(), incr("bob")])
    assert back(replica) == RolledBack("counter", TWO, ONE, "downgrade", 3, undone=3, position=6)
    assert states(replica) == {None: (3,), "ann": (4,), "bob": (1,)}
    assert all(each.loaded.id == ONE for each in replica.engine.machines["counter"].instances.values())
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


# ---- what is refused -----------------------------------------------------------------------------------------------

UPGRADED = "the upgrade of counter at position 3"


def upgraded(*arguments: Any) -> Callable[[], Replica]:
    def make() -> Replica:
        replica = running()
        replica.upgrade(upgrade(V1, *arguments))
        replica.commit([incr()] if arguments[0] == V2 else [])
        return replica

    return make


def gone_back() -> Replica:
    replica = upgraded(V2, split())()
    back(replica, id_="f" * 32)
    return replica


def many_upgrades_ago() -> Replica:
    """A counter that has gone back as far as it can by replay."""
    replica = running()
    version: Program = V1
    for step in range(2, MOST_KEPT + 4):
        after = counter(step=step)
        replica.upgrade(upgrade(version, after, migration(V1.state, V1.state, Project("was"))))
        version = after
    for nth in range(MOST_KEPT):
        back(replica, id_=f"{nth:031x}f")
    return replica


BAD: dict[str, tuple[Callable[[], Replica], tuple[str, int, str], str]] = {
    "nothing to go back to": (
        running,
        ("counter", 0, "replay"),
        f"counter runs its first version ({ONE[:12]}): there is nothing to go back to; nothing was changed",
    ),
    "twice in a row": (
        gone_back,
        ("counter", 3, "replay"),
        f"counter has gone back to its first version ({ONE[:12]}): there is nothing to go back to; nothing was changed",
    ),
    "no such machine": (
        upgraded(V2, split()),
        ("till", 3, "replay"),
        "there is no machine till (this node runs counter)",
    ),
    "another upgrade is the last one": (
        upgraded(V2, split()),
        ("counter", 2, "replay"),
        "the last upgrade of counter in force is that at position 3, not 2: something else was changed meanwhile",
    ),
    "no such way": (
        upgraded(V2, split()),
        ("counter", 3, "magic"),
        "there is no way back 'magic'; there are downgrade and replay; nothing was changed",
    ),
    "no downgrade": (
        upgraded(V2, split()),
        ("counter", 3, "downgrade"),
        f"{UPGRADED} brought no downgrade: go back by replay; nothing was changed",
    ),
    "no states to replay from": (
        upgraded(counter(step=2)),
        ("counter", 3, "replay"),
        f"{UPGRADED} left every state as it was, so none was kept to replay from: go back by downgrade",
    ),
    "downgrade that traps": (
        upgraded(V2, split(), merge_only_even()),
        ("counter", 3, "downgrade"),
        "the downgrade fails on the instance counter: AssertionError: an odd count; nothing was changed",
    ),
    "states no longer kept": (
        many_upgrades_ago,
        ("counter", 4, "replay"),
        (
            "the upgrade of counter at position 4 cannot be undone by replay: the states before it are no longer kept, "
            "as for each but the last 8 upgrades of a machine"
        ),
    ),
    "states no longer kept, and no downgrade": (
        many_upgrades_ago,
        ("counter", 4, "downgrade"),
        "brought no downgrade, and the states before it are no longer kept",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_rollback_has_its_own_message_and_changes_nothing(case: str) -> None:
    make, (machine, undone, way), message = BAD[case]
    replica = make()
    before, end = picture(replica), replica.journal.next_position
    with pytest.raises(Rejected) as caught:
        replica.rollback(ID, machine, undone, way)
    assert message in str(caught.value)
    assert picture(replica) == before
    assert replica.journal.next_position == end, "what is found before the journal is not journaled"


@pytest.mark.parametrize("case", BAD)
def test_the_fold_refuses_a_bad_rollback_with_the_same_message(case: str) -> None:
    make, (machine, undone, way), message = BAD[case]
    replica = make()
    before = states(replica), replica.engine.machines["counter"].loaded.id
    records = len(replica.engine.history("counter"))
    (outcome,) = replica.commit([Rollback(ID, machine, undone, way)])
    assert isinstance(outcome, Void)
    assert message in outcome.reason
    assert (states(replica), replica.engine.machines["counter"].loaded.id) == before
    said = [record.outcome for record in replica.engine.history("counter")[records:]]
    assert said == ([f"void: {outcome.reason}"] if machine == "counter" else [])
    check_replicas_agree(replica)


def test_what_is_left_where_no_way_is_open_is_said() -> None:
    replica = many_upgrades_ago()
    with pytest.raises(Rejected, match="what is left is an upgrade to the old version, with a migration from the new"):
        back(replica)


def test_an_id_that_is_none_or_was_used_for_something_else_is_refused() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split(), id="a" * 32))
    before = picture(replica)
    with pytest.raises(Rejected, match="a rollback's id has 32 hex digits"):
        replica.rollback("1", "counter", 3, "replay")
    with pytest.raises(Rejected, match="another upgrade or rollback had the id aaaaaaaa"):
        replica.rollback("a" * 32, "counter", 3, "replay")
    assert picture(replica) == before
    (outcome,) = replica.commit([Rollback("a" * 32, "counter", 3, "replay")])
    assert isinstance(outcome, Void)
    assert picture(replica) == before


def test_a_downgrade_that_traps_names_its_line_and_leaves_the_replay_open() -> None:
    notes = {"file": "back.py", "lines": {"method migrate": [[0, 12]]}}
    replica = running()
    replica.upgrade(upgrade(V1, V2, split(), replace(merge_only_even(), notes=notes)))
    replica.commit([incr("ann")])
    with pytest.raises(Rejected, match="the downgrade fails on the instance counter/ann") as caught:
        back(replica)
    assert caught.value.where == Where("migration", "migrate", 12, "back.py")
    assert back(replica, "replay").way == "replay"
    assert states(replica) == {None: (2,), "ann": (5,)}


def test_what_changed_between_the_check_and_the_fold_is_decided_by_the_fold() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split(), merge_only_even()))
    replica.engine.check_rollback("counter")
    entry = Rollback(ID, "counter", 3, "downgrade")
    _, outcome, repeated = replica.commit([incr("ann"), entry, entry])
    assert outcome == repeated
    assert isinstance(outcome, Void)
    assert "counter/ann" in outcome.reason
    check_replicas_agree(replica)


def test_a_check_is_not_used_after_another_batch() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    replica.engine.check_rollback("counter")
    replica.commit([incr()])
    replica.commit([Rollback(ID, "counter", 3, "replay")])
    assert states(replica)[None] == (3,)


def test_of_two_rollbacks_in_one_batch_the_second_finds_nothing_to_take_back() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    first, second = replica.commit([Rollback(id_ * 32, "counter", 3, "replay") for id_ in "ab"])
    assert isinstance(first, RolledBack)
    assert isinstance(second, Void)
    check_replicas_agree(replica)


BAD_DOWNGRADES: dict[str, tuple[Program | bytes, str]] = {
    "malformed": (b"downgrade", "the downgrade is not acceptable: malformed bytes"),
    "ill-typed": (replace(merge(), initial=(0,)), "the downgrade is not acceptable: "),
    "from another type": (
        migration(V1.state, V1.state, Project("was")),
        (
            "the downgrade is from another state type: it takes {count: Int}, the new program has {old: Int, count: "
            "Int}; nothing was changed"
        ),
    ),
    "to another type": (
        migration(V2.state, V2.state, Project("was")),
        "the downgrade is to another state type: it gives {old: Int, count: Int}, the running program has {count: Int}",
    ),
    "a machine": (V1, "the downgrade is not acceptable: it must be a program without state whose only method is"),
}


@pytest.mark.parametrize("case", BAD_DOWNGRADES)
def test_a_bad_downgrade_is_found_with_its_upgrade(case: str) -> None:
    downgrade, message = BAD_DOWNGRADES[case]
    replica = running()
    before = picture(replica)
    data = upgrade(V1, V2, split(), downgrade)
    with pytest.raises(Rejected) as caught:
        replica.upgrade(data)
    assert message in str(caught.value)
    assert picture(replica) == before
    (outcome,) = replica.commit([UpgradeEntry(data)])
    assert isinstance(outcome, Void)
    assert message in outcome.reason


def test_machines_go_back_each_by_itself() -> None:
    replica = running()
    replica.deploy(encode_program(cart()))
    replica.commit([Input("cart", None, "put", ("tea", 3), program_id(cart()))])
    replica.upgrade(upgrade(V1, V2, split()))
    replica.commit([incr(), Input("cart", None, "take", ("tea", 1), program_id(cart())), Setting("cart", 77_000)])
    (refused,) = replica.commit([Input("cart", None, "take", ("tea", 9), program_id(cart()))])
    assert isinstance(refused, RefusedBy)
    back(replica)
    assert states(replica, "cart") == {None: ({"tea": 2}, 1)}
    assert replica.engine.machines["cart"].fuel == 77_000
    check_replicas_agree(replica)


def test_an_engine_that_was_given_no_journal_has_a_fault_where_it_should_read_one() -> None:
    replica = running()
    replica.upgrade(upgrade(V1, V2, split()))
    engine = Engine()
    for batch in replica.journal.read():
        engine.apply(batch.position, decode_batch(batch.payload))
    with pytest.raises(Fault, match="this engine was given none"):
        engine.check_rollback("counter")


def test_a_journal_that_cannot_be_read_back_is_no_reason_to_call_a_rollback_void() -> None:
    class Broken(MemoryJournal):
        __slots__ = ()

        def read(self, from_position: int = 0) -> Any:
            raise Rejected("the file is damaged")

    replica = Replica(Broken())
    replica.deploy(encode_program(V1))
    replica.upgrade(upgrade(V1, V2, split()))
    with pytest.raises(JournalFailed, match="the journal could not be read back: the file is damaged"):
        replica.commit([Rollback(ID, "counter", 1, "replay")])
