"""Everything that can be wrong with an upgrade has its own message and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.category.assembler import ProgramSource, assemble
from camshaft.category.terms import (
    Ask,
    Constant,
    Each,
    Fork,
    Identity,
    Primitive,
    Project,
    Term,
    compose,
    fork,
    operate,
    sequence,
)
from camshaft.errors import Rejected, Where
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.outcomes import Upgraded, Void
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from camshaft.values.codec import encode_raw
from camshaft.values.types import BOOL, INT, STR, UNIT, Map, Record, Type
from generators.machines import (
    COUNTER_STATE,
    COUNTER_V2_STATE,
    cart,
    counter,
    counter_source,
    counter_v2,
    method,
    migration,
    number,
    split,
    split_only_even,
    upgrade,
)

V1, V2 = counter(origin="0" * 64), counter_v2()
GUARD = "the version running isn't the one the upgrade expects; nothing was changed"


def running(*programs: Program) -> Replica:
    """A replica that runs machines, with three counters at 2, 4 and 6 where there is a counter."""
    replica = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
    for program in programs:
        replica.deploy(encode_program(program))
        if program.name == "counter":
            interface = program_id(program)
            keys = (None, "even", "ann/é")
            replica.commit([Input("counter", key, "add", (2 * n,), interface) for n, key in enumerate(keys, 1)])
    return replica


def picture(replica: Replica) -> dict[str, Any]:
    """All that an upgrade could change."""
    return {
        name: (
            machine.loaded.id,
            [(key, each.loaded.id, encode_raw(each.state)) for key, each in machine.each()],
            list(machine.history),
        )
        for name, machine in replica.engine.machines.items()
    }


def counts(replica: Replica) -> list[Any]:
    return [instance.state for _, instance in replica.engine.machines["counter"].each()]


# ---- what works ----------------------------------------------------------------------------------------------------


def test_an_upgrade_migrates_every_instance_at_one_position() -> None:
    replica = running(V1)
    upgraded = replica.upgrade(upgrade(V1, V2, split()))
    assert upgraded == Upgraded("counter", program_id(V1), program_id(V2), 3, 4)
    assert counts(replica) == [(2, 2), (4, 4), (6, 6)]
    assert all(each.loaded.id == program_id(V2) for _, each in replica.engine.machines["counter"].each())
    last = replica.engine.history("counter")[-1]
    assert (last.position, last.kind, last.outcome, last.migrated) == (4, "upgrade", "upgraded", 3)


def test_a_change_of_rules_needs_no_migration() -> None:
    replica = running(V1)
    assert replica.upgrade(upgrade(V1, counter(step=10))).migrated == 0
    replica.commit([Input("counter", None, "incr", (), program_id(counter(step=10)))])
    assert counts(replica) == [(12,), (4,), (6,)]


def test_a_migration_may_change_states_whose_type_stays() -> None:
    doubled = compose(Project("was"), Project("count"))
    twice = operate(Primitive("multiply"), doubled, number(2))
    replica = running(V1)
    replica.upgrade(upgrade(V1, counter(step=2), migration(COUNTER_STATE, COUNTER_STATE, Fork((("count", twice),)))))
    assert counts(replica) == [(4,), (8,), (12,)]


def test_the_expected_version_may_be_an_origin() -> None:
    replica = running(V1)
    assert replica.upgrade(upgrade("0" * 64, V2, split())).from_id == program_id(V1)


def test_a_machine_without_instances_is_upgraded_too() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(V1))
    assert replica.upgrade(upgrade(V1, V2, split())).migrated == 0
    assert replica.engine.state(Address("counter")) == (COUNTER_V2_STATE, (0, 0))


def test_a_repeated_upgrade_gets_the_first_answer_and_is_not_journaled_again() -> None:
    replica = running(V1)
    data = upgrade(V1, V2, split())
    first = replica.upgrade(data)
    before, end = picture(replica), replica.journal.next_position
    assert replica.upgrade(data) == first
    assert replica.journal.next_position == end
    assert replica.commit([UpgradeEntry(data)]) == [first], "the fold answers in the same way"
    assert picture(replica) == before


def test_an_upgrade_and_its_way_back_are_two_upgrades() -> None:
    back = migration(COUNTER_V2_STATE, COUNTER_STATE, Fork((("count", compose(Project("was"), Project("old"))),)))
    replica = running(V1)
    replica.upgrade(upgrade(V1, V2, split()))
    replica.upgrade(upgrade(V2, V1, back))
    assert counts(replica) == [(2,), (4,), (6,)]


# ---- what is refused -----------------------------------------------------------------------------------------------


def looping_migration() -> Program:
    """More than the fuel allows: a million times a thousand times nothing."""
    many = operate(Primitive("range"), number(0), number(1000), number(1))

    def times(body: Term) -> Term:
        return compose(fork(Identity(), many), Each(compose(Constant(UNIT, ()), body)))

    loop = times(times(times(compose(many, Primitive("length"), Constant(UNIT, ())))))
    count = compose(Project("was"), Project("count"))
    return migration(
        COUNTER_STATE, COUNTER_V2_STATE, compose(fork(loop, Fork((("old", count), ("count", count)))), Project("1"))
    )


def renamed(program: Program, name: str) -> Program:
    return replace(program, name=name)


def asking(question: str) -> Term:
    """From a counter to its version 2, after a question that a step may ask."""
    return sequence(Ask(question), Constant(COUNTER_V2_STATE, (0, 0)))


def two_methods() -> Program:
    body = Constant(UNIT, ())
    return assemble(ProgramSource("migration", UNIT, body, (), (method("migrate", body), method("more", body))))


def with_state(**fields: Type) -> Program:
    """A counter whose state has other fields, all of them empty at first."""
    state = Record(fields.items())
    values: dict[Type, Any] = {INT: 0, STR: "", BOOL: False}
    return assemble(
        ProgramSource("counter", state, Constant(state, tuple(values.get(each, {}) for each in fields.values())))
    )


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "another version runs": (
        lambda: upgrade(V2, counter(step=3)),
        f"{GUARD} (counter runs {program_id(V1)[:12]}, origin 000000000000; the upgrade expects {program_id(V2)[:12]})",
    ),
    "no such machine": (
        lambda: upgrade(cart(), cart()),
        "there is no machine cart to upgrade (this node runs counter); nothing was changed",
    ),
    "malformed upgrade": (lambda: b"\x00 upgrade", "malformed bytes where an upgrade should be"),
    "truncated upgrade": (lambda: upgrade(V1, V2, split())[:-7], "malformed bytes where an upgrade should be"),
    "malformed program": (lambda: upgrade(V1, b"program"), "the new program is not acceptable: malformed bytes"),
    "truncated program": (
        lambda: upgrade(V1, encode_program(V2)[:-9], split()),
        "the new program is not acceptable: malformed bytes",
    ),
    "ill-typed program": (
        lambda: upgrade(V1, replace(V2, state=Record((("old", STR), ("count", INT)))), split()),
        "the new program is not acceptable: the initial state: ",
    ),
    "program of another machine": (
        lambda: upgrade(V1, renamed(V2, "kounter"), split()),
        "the new program is a kounter, but the upgrade is for counter; nothing was changed",
    ),
    "same program": (
        lambda: upgrade(V1, V1),
        f"counter runs this program already ({program_id(V1)[:12]}); nothing was changed",
    ),
    "migration missing": (
        lambda: upgrade(V1, V2),
        (
            "the state type changed, and the upgrade brings no migration: added old: int. Write a migration from the "
            "old state to the new one (one is derived where fields were only added, each with a default); nothing was "
            "changed"
        ),
    ),
    "migration missing, fields removed and changed": (
        lambda: upgrade(V1, with_state(count=STR, seen=Map(STR, INT))),
        "added seen: dict[str, int]; changed count: int to str. Write",
    ),
    "malformed migration": (
        lambda: upgrade(V1, V2, b"migration"),
        "the migration is not acceptable: malformed bytes",
    ),
    "ill-typed migration": (
        lambda: upgrade(V1, V2, replace(split(), initial=(0,))),
        "the migration is not acceptable: ",
    ),
    "migration from another type": (
        lambda: upgrade(V1, V2, migration(COUNTER_V2_STATE, COUNTER_V2_STATE, Project("was"))),
        (
            "the migration is from another state type: it takes {old: int, count: int}, the running program has "
            "{count: int}; nothing was changed"
        ),
    ),
    "migration to another type": (
        lambda: upgrade(V1, V2, migration(COUNTER_STATE, COUNTER_STATE, Project("was"))),
        (
            "the migration is to another state type: it gives {count: int}, the new program has {old: int, "
            "count: int}; nothing was changed"
        ),
    ),
    "a machine as migration": (
        lambda: upgrade(V1, V2, V1),
        "the migration is not acceptable: it must be a program without state whose only method is a query `migrate`",
    ),
    "two methods in a migration": (lambda: upgrade(V1, V2, two_methods()), "whose only method is a query `migrate`"),
    "migration that asks for the time": (
        lambda: upgrade(V1, V2, migration(COUNTER_STATE, COUNTER_V2_STATE, asking("now"))),
        "the migration is not acceptable: it asks for the time, the key or a random number",
    ),
    "migration that draws": (
        lambda: upgrade(V1, V2, migration(COUNTER_STATE, COUNTER_V2_STATE, asking("uuid"))),
        "the migration is not acceptable: it asks for the time, the key or a random number",
    ),
    "migration without end": (
        lambda: upgrade(V1, V2, looping_migration()),
        "the migration fails on the instance counter: OutOfFuel: ",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_upgrade_has_its_own_message_and_changes_nothing(case: str) -> None:
    make, message = BAD[case]
    data = make()
    replica = running(V1)
    before, end = picture(replica), replica.journal.next_position
    with pytest.raises(Rejected) as caught:
        replica.upgrade(data)
    assert message in str(caught.value)
    assert picture(replica) == before
    assert replica.journal.next_position == end, "what is found before the journal is not journaled"


@pytest.mark.parametrize("case", BAD)
def test_the_fold_refuses_a_bad_upgrade_with_the_same_message(case: str) -> None:
    make, message = BAD[case]
    data = make()
    replica = running(V1)
    before = picture(replica)
    (outcome,) = replica.commit([UpgradeEntry(data)])
    assert isinstance(outcome, Void)
    assert message in outcome.reason
    for name, (program, instances, history) in picture(replica).items():
        assert (program, instances) == before[name][:2]
        assert [record.outcome for record in history[len(before[name][2]) :]] in ([], [f"void: {outcome.reason}"])


def test_a_migration_that_traps_names_the_instance_and_the_trap() -> None:
    replica = running(V1)
    replica.commit([Input("counter", "ann/é", "incr", (), program_id(V1))])
    before = picture(replica)
    with pytest.raises(Rejected) as caught:
        replica.upgrade(upgrade(V1, V2, split_only_even()))
    assert str(caught.value) == (
        "the migration fails on the instance counter/ann/é: AssertionError: an odd count; nothing was changed"
    )
    assert picture(replica) == before


def test_a_migration_that_traps_names_its_line_beside_what_every_node_says() -> None:
    replica = running(V1)
    replica.commit([Input("counter", "ann", "incr", (), program_id(V1))])
    notes = {"file": "next.py", "lines": {"method migrate": [[0, 31]]}}
    data = upgrade(V1, V2, replace(split_only_even(), notes=notes))
    with pytest.raises(Rejected) as caught:
        replica.upgrade(data)
    assert caught.value.where == Where("migration", "migrate", 31, "next.py")
    (outcome,) = replica.commit([UpgradeEntry(data)])
    assert outcome == Void(str(caught.value))
    assert "next.py" not in str(caught.value)


def test_an_id_that_was_used_for_another_upgrade_is_refused() -> None:
    replica = running(V1)
    replica.upgrade(upgrade(V1, V2, split(), id="a" * 32))
    other = upgrade(V1, counter(step=3), id="a" * 32)
    with pytest.raises(
        Rejected, match=f"another upgrade or rollback had the id {'a' * 32}: each needs an id of its own"
    ):
        replica.upgrade(other)
    (outcome,) = replica.commit([UpgradeEntry(other)])
    assert isinstance(outcome, Void)


def test_what_changed_between_the_check_and_the_fold_is_decided_by_the_fold() -> None:
    """A count becomes odd after the rehearsal, in the batch of the upgrade: the fold finds it, and says so for ever."""
    replica = running(V1)
    data = upgrade(V1, V2, split_only_even())
    replica.engine.check_upgrade(data)
    step = Input("counter", "even", "incr", (), program_id(V1))
    _, outcome, repeated = replica.commit([step, UpgradeEntry(data), UpgradeEntry(data)])
    assert (
        outcome
        == repeated
        == Void("the migration fails on the instance counter/even: AssertionError: an odd count; nothing was changed")
    )
    assert counts(replica) == [(2,), (5,), (6,)]
    replica.commit([step])
    with pytest.raises(Rejected, match="an odd count"):
        replica.upgrade(data)  # its id has its answer, though it would succeed now


def test_a_rehearsal_is_not_used_after_another_batch() -> None:
    replica = running(V1)
    data = upgrade(V1, V2, split())
    replica.engine.check_upgrade(data)
    replica.commit([Input("counter", None, "incr", (), program_id(V1))])
    replica.commit([UpgradeEntry(data)])
    assert counts(replica) == [(3, 3), (4, 4), (6, 6)]


def test_of_two_upgrades_in_one_batch_the_second_finds_another_version() -> None:
    replica = running(V1)
    first, second = replica.commit([UpgradeEntry(upgrade(V1, V2, split())), UpgradeEntry(upgrade(V1, counter(step=2)))])
    assert isinstance(first, Upgraded)
    assert isinstance(second, Void)
    assert second.reason.startswith(GUARD)


def test_the_order_of_fields_is_part_of_a_state_type() -> None:
    replica = Replica(MemoryJournal())
    one, other = with_state(a=INT, b=STR), with_state(b=STR, a=INT)
    replica.deploy(encode_program(one))
    with pytest.raises(Rejected, match="the order of the fields was a, b and is b, a"):
        replica.upgrade(upgrade(one, other))


@given(st.data())
def test_a_changed_byte_never_becomes_another_upgrade_by_accident(data: st.DataObject) -> None:
    """Whatever byte of an upgrade changes on the way: it is rejected, or what is applied runs and is what was sent."""
    original = upgrade(V1, V2, split())
    where = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[where] ^= data.draw(st.integers(1, 255))
    replica = running(V1)
    before = picture(replica)
    try:
        replica.upgrade(bytes(changed))
    except Rejected:
        assert picture(replica) == before
    else:
        assert all(type(state) is tuple and len(state) == 2 for state in counts(replica))


def test_the_source_of_the_counter_is_the_same_program_each_time() -> None:
    assert program_id(assemble(counter_source())) == program_id(counter())
