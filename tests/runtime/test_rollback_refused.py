"""All that can be wrong with going back has its own message, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.category.terms import Project
from camshaft.errors import Fault, Rejected, Where
from camshaft.journal.journal import JournalFailed
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Input, Rollback, Setting, decode_batch
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.outcomes import RefusedBy, RolledBack, Void
from camshaft.runtime.replica import Replica
from camshaft.runtime.undoable import MOST_KEPT
from generators.machines import (
    cart,
    counter,
    merge,
    merge_only_even,
    migration,
    split,
    upgrade,
)
from generators.rollbacks import ID, ONE, V1, V2, back, check_replicas_agree, incr, picture, running, states

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
        "there is no way back 'magic'; there are downgrade, replay, trial; nothing was changed",
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
            "the downgrade is from another state type: it takes {count: int}, the new program has {old: int, count: "
            "int}; nothing was changed"
        ),
    ),
    "to another type": (
        migration(V2.state, V2.state, Project("was")),
        "the downgrade is to another state type: it gives {old: int, count: int}, the running program has {count: int}",
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
