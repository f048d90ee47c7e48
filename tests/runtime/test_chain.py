"""Whoever is several versions behind is brought forward through each version's own migration, each once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.category.terms import Fork, Primitive, Project, compose, operate
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from generators.machines import counter, counter_v2, migration, number, split, upgrade

FIRST, SECOND, THIRD = counter(), counter(step=10), counter_v2()


def tripled() -> Program:
    """A migration that shows how often it ran."""
    count = compose(Project("was"), Project("count"))
    return migration(FIRST.state, FIRST.state, Fork((("count", operate(Primitive("multiply"), count, number(3))),)))


def count_in(replica: Replica, program: Program, key: str) -> None:
    replica.commit([Input("counter", key, "incr", (), program_id(program))])


def states(replica: Replica) -> dict[str | None, Any]:
    return dict(replica.engine.machines["counter"].states())


def journey(replica: Replica) -> None:
    """Three versions, with inputs under each; instances are made under each."""
    count_in(replica, FIRST, "ann")
    replica.upgrade(upgrade(FIRST, SECOND, tripled()))
    count_in(replica, SECOND, "bob")
    replica.upgrade(upgrade(SECOND, THIRD, split()))
    count_in(replica, THIRD, "ann")
    count_in(replica, THIRD, "eve")


EXPECTED = {"ann": (3, 4), "bob": (10, 10), "eve": (0, 1)}


def test_a_data_directory_that_is_versions_behind_is_replayed_through_each_versions_own_migration(
    tmp_path: Path,
) -> None:
    replica = Replica(SqliteJournal(tmp_path))
    replica.deploy(encode_program(FIRST))
    journey(replica)
    replica.close()
    again = Replica(SqliteJournal(tmp_path))
    again.recover()
    again.close()
    assert states(again) == states(replica) == EXPECTED


def test_a_replica_that_was_left_behind_at_any_position_catches_up_through_each_migration_once(tmp_path: Path) -> None:
    first = Replica(SqliteJournal(tmp_path))
    first.deploy(encode_program(FIRST))
    behind = [Replica(first.journal)]
    # Each has seen one entry more than the one before it, the first of them none.
    for step in (
        lambda: count_in(first, FIRST, "ann"),
        lambda: first.upgrade(upgrade(FIRST, SECOND, tripled())),
        lambda: count_in(first, SECOND, "bob"),
        lambda: first.upgrade(upgrade(SECOND, THIRD, split())),
        lambda: count_in(first, THIRD, "ann"),
        lambda: count_in(first, THIRD, "eve"),
    ):
        step()
        behind.append(Replica(first.journal))
        behind[-1].recover()
    for replica in behind:
        replica.recover()
        assert states(replica) == states(first) == EXPECTED
        assert [record.outcome for record in replica.engine.history("counter")] == ["deployed", "upgraded", "upgraded"]
    first.close()


def test_no_instance_is_left_behind_by_an_upgrade(tmp_path: Path) -> None:
    """Each changes over with its machine, whenever it had its last input: there is none to bring forward later."""
    replica = Replica(SqliteJournal(tmp_path))
    replica.deploy(encode_program(FIRST))
    journey(replica)
    machine = replica.engine.machines["counter"]
    assert {instance.loaded.id for _, instance in machine.each()} == {program_id(THIRD)}
    replica.close()
