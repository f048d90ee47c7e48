"""An engine and its journal: what was committed is what recovery finds, whatever was committed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.category.terms import Fork, Project, compose
from camshaft.errors import Rejected
from camshaft.journal.journal import Journal, PositionConflict
from camshaft.journal.memory import MemoryJournal
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.entries import (
    Deletion,
    Deploy,
    Entry,
    Input,
    Release,
    ReleaseRollback,
    Restore,
    Retirement,
    Rollback,
    Setting,
    Steer,
    Upgrade,
    decode_batch,
)
from camshaft.runtime.outcomes import NOTHING, Outcome, RefusedBy, StaleInput, Trapped, Upgraded, Void
from camshaft.runtime.replica import Replica
from camshaft.values.codec import encode_raw
from generators.machines import COUNTER_STATE, counter, counter_v2, migration, split, upgrade

V1 = program_id(counter())


def incr(key: str | None = None) -> Input:
    return Input("counter", key, "incr", (), V1)


def picture(replica: Replica) -> Any:
    """Everything that an engine holds, comparable."""
    engine = replica.engine
    return (
        engine.position,
        engine.time_us,
        {
            name: (
                machine.loaded.id,
                [(key, each.loaded.id, encode_raw(each.state)) for key, each in machine.each()],
                machine.history,
            )
            for name, machine in engine.machines.items()
        },
        engine._answers,
    )


# ---- committing and recovering -------------------------------------------------------------------------------------


def test_a_batch_is_in_the_journal_with_its_time_and_seed() -> None:
    journal = MemoryJournal()
    replica = Replica(journal, clock_us=lambda: 42, seed=lambda: b"seed")
    replica.commit([Deploy(encode_program(counter())), incr(), incr("a")])
    (batch,) = journal.read()
    assert (batch.position, batch.count) == (0, 3)
    decoded = decode_batch(batch.payload)
    assert (decoded.time_us, decoded.seed, len(decoded.entries)) == (42, b"seed", 3)
    assert replica.commit([]) == []
    assert journal.next_position == 3


def test_time_never_runs_backwards() -> None:
    clock = iter([100, 50, 120])
    replica = Replica(MemoryJournal(), clock_us=lambda: next(clock))
    replica.commit([Deploy(encode_program(counter()))])
    times = []
    for _ in range(2):
        replica.commit([incr()])
        times.append(replica.engine.time_us)
    assert times == [100, 120]


def test_recovery_reports_its_progress() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    replica.commit([incr(), incr()])
    seen: list[tuple[int, int]] = []
    other = Replica(replica.journal)
    assert other.recover(lambda done, total: seen.append((done, total))) == 3
    assert seen == [(1, 3), (3, 3)]
    assert picture(other) == picture(replica)


def test_a_replica_that_is_behind_cannot_write_until_it_has_caught_up() -> None:
    first = Replica(MemoryJournal())
    second = Replica(first.journal)
    first.deploy(encode_program(counter()))
    with pytest.raises(PositionConflict):
        second.commit([Deploy(encode_program(counter(step=2)))])
    assert second.engine.position == 0
    assert second.recover() == 1
    assert second.commit([incr()]) == [NOTHING]
    assert first.recover() == 1
    assert picture(first) == picture(second)


def test_a_program_that_runs_is_not_deployed_again() -> None:
    replica = Replica(MemoryJournal())
    first = replica.deploy(encode_program(counter()))
    assert replica.deploy(encode_program(counter())) == first
    assert replica.journal.next_position == 1
    with pytest.raises(Rejected, match="counter runs already"):
        replica.deploy(encode_program(counter(step=2)))
    assert replica.journal.next_position == 1


def test_a_batch_of_another_size_than_the_journal_says_is_no_batch_of_camshaft() -> None:
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    (batch,) = replica.journal.read()
    forged = MemoryJournal()
    forged.append(0, 2, batch.payload)
    with pytest.raises(Rejected, match="holds 1 entries, but the journal counts 2"):
        Replica(forged).recover()


# ---- against a model -----------------------------------------------------------------------------------------------

VERSIONS = [counter(), counter(step=10), counter_v2()]
IDS = [program_id(program) for program in VERSIONS]
BACK = migration(VERSIONS[2].state, COUNTER_STATE, Fork((("count", compose(Project("was"), Project("count"))),)))


@dataclass
class Model:
    """What should happen, in a page: counts by key, the version that runs, and what each upgrade id was answered."""

    version: int = 0
    states: dict[str | None, tuple[int, ...]] = field(default_factory=dict)
    answers: dict[bytes, type[Outcome]] = field(default_factory=dict)

    def apply(self, entry: Entry) -> type[Outcome]:
        match entry:
            case Input():
                return self._input(entry)
            case Upgrade():
                return self.answers.setdefault(entry.upgrade, self._upgrade(entry.upgrade))
            case (
                Deploy()
                | Setting()
                | Rollback()
                | ReleaseRollback()
                | Steer()
                | Restore()
                | Release()
                | Retirement()
                | Deletion()
            ):
                return type(NOTHING)

    def _input(self, entry: Input) -> type[Outcome]:
        made_for = IDS.index(entry.interface)
        if entry.method == "add" and (made_for == 2) != (self.version == 2):
            return StaleInput
        if entry.method in ("refuse", "trap"):
            if self.version == 2 or made_for == 2:
                return StaleInput
            return RefusedBy if entry.method == "refuse" else Trapped
        *old, value = self.states.get(entry.key, (0, 0) if self.version == 2 else (0,))
        if entry.method == "incr":
            value += (1, 10, 1)[self.version]
        elif entry.method == "add":
            value += entry.arguments[0]
        if entry.method != "value":
            self.states[entry.key] = (*old, value)
        return type(NOTHING)

    def _upgrade(self, data: bytes) -> type[Outcome]:
        source, target = UPGRADES[data]
        if data in self.answers or source != self.version or source == target:
            return Void
        for key, state in self.states.items():
            self.states[key] = (state[-1],) * (2 if target == 2 else 1)
        self.version = target
        return Upgraded


def make_upgrade(source: int, target: int, number: int) -> bytes:
    migrate = {(False, True): split(), (True, False): BACK}.get((source == 2, target == 2))
    return upgrade(VERSIONS[source], VERSIONS[target], migrate, id=f"{number:032x}")


UPGRADES = {
    make_upgrade(source, target, number): (source, target)
    for source in range(3)
    for target in range(3)
    for number in range((source * 3 + target) * 3, (source * 3 + target) * 3 + 3)
}

keys = st.sampled_from([None, "a", "b/c"])
calls = st.builds(
    lambda key, interface, call: Input("counter", key, call[0], call[1:], interface),
    keys,
    st.sampled_from(IDS),
    st.one_of(
        st.sampled_from([("incr",), ("value",), ("refuse",), ("trap",)]),
        st.tuples(st.just("add"), st.integers(-(2**70), 2**70)),
    ),
)
inputs = calls.map(
    # The second version's `add` takes a reason as well.
    lambda entry: Input(
        entry.machine,
        entry.key,
        entry.method,
        (*entry.arguments, "why") if entry.method == "add" and entry.interface == IDS[2] else entry.arguments,
        entry.interface,
    )
)
upgrades = st.sampled_from(sorted(UPGRADES)).map(Upgrade)
RESTART = "restart"
steps = st.lists(st.just(RESTART) | st.lists(inputs | inputs | upgrades, min_size=1, max_size=6), max_size=12)

JOURNALS: dict[str, Callable[[str], Callable[[], Journal]]] = {
    "memory": lambda _: (lambda journal: lambda: journal)(MemoryJournal()),
    "sqlite": lambda directory: lambda: SqliteJournal(Path(directory)),
}


@pytest.mark.parametrize("kind", JOURNALS)
@given(plan=steps)
def test_any_sequence_of_inputs_upgrades_and_restarts_does_what_the_model_says(kind: str, plan: list[Any]) -> None:
    ticks = count(1)
    with TemporaryDirectory() as directory:
        open_journal = JOURNALS[kind](directory)
        replica = Replica(open_journal(), clock_us=lambda: next(ticks), seed=lambda: b"")
        for program in VERSIONS:  # every interface is known from a deployment of its own, or from an upgrade
            replica.engine.catalog.keep(replica.engine.catalog.load(encode_program(program)))
        replica.deploy(encode_program(VERSIONS[0]))
        model = Model()
        for step in [*plan, RESTART]:
            if step is RESTART:
                replica = restarted(replica, open_journal, kind)
            else:
                outcomes = replica.commit(step)
                assert [type(outcome) for outcome in outcomes] == [model.apply(entry) for entry in step]
            machine = replica.engine.machine("counter")
            assert machine.loaded.id == IDS[model.version]
            assert {key: each.state for key, each in machine.each()} == model.states
        replica.close()


def restarted(replica: Replica, open_journal: Callable[[], Journal], kind: str) -> Replica:
    """A new replica over the same journal, which must be what the old one was."""
    before = picture(replica)
    if kind == "sqlite":
        replica.close()
    after = Replica(open_journal(), replica._clock_us, replica._seed)
    for program in VERSIONS:
        after.engine.catalog.keep(after.engine.catalog.load(encode_program(program)))
    after.recover()
    assert picture(after) == before
    return after


@given(batches=st.lists(st.lists(inputs | upgrades, min_size=1, max_size=5), max_size=6))
def test_how_entries_were_batched_changes_nothing(batches: list[list[Entry]]) -> None:
    def run(batches: list[list[Entry]]) -> tuple[list[Outcome], Any]:
        replica = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
        replica.deploy(encode_program(VERSIONS[0]))
        return [outcome for batch in batches for outcome in replica.commit(batch)], picture(replica)

    one_by_one: list[list[Entry]] = [[entry] for batch in batches for entry in batch]
    assert run(batches) == run(one_by_one)


def test_a_journal_on_disk_recovers_what_was_in_memory(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path)) as journal:
        replica = Replica(journal)
        replica.deploy(encode_program(counter()))
        replica.commit([incr(), Input("counter", None, "add", (2**200,), V1)])
        replica.upgrade(upgrade(counter(), counter_v2(), split()))
        before = picture(replica)
    with closing(SqliteJournal(tmp_path)) as journal:
        recovered = Replica(journal)
        assert recovered.recover() == 4
        assert picture(recovered) == before
        assert next(recovered.engine.machine("counter").states())[1] == (2**200 + 1,) * 2
