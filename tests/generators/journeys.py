"""Journeys of a counter through versions, beside a model that knows nothing of programs or journals.

Random upgrades, rollbacks, inputs and restarts; `tests/runtime/` runs them, and goes on from here.

The model keeps a dict of states, a list of inputs, and for each upgrade in force a copy of the states before it. Three
versions of the counter run: one that counts in ones, one that counts in tens, and one with a second field, whose `add`
takes another argument. Migrations between them may double, split and merge; some upgrades have a downgrade, which may
fail on odd counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.category.terms import Fork, Primitive, Project, compose, operate
from camshaft.errors import Rejected
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Deletion, Entry, Input, Rollback
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.outcomes import Deleted, Outcome, Returned, RolledBack, StaleInput, Upgraded, Void
from camshaft.runtime.recovery import Link, engine_at, frames
from camshaft.runtime.replica import Replica
from camshaft.runtime.undoable import MOST_KEPT
from generators.machines import counter, counter_v2, merge, merge_only_even, migration, number, split, upgrade

State = tuple[int, ...]
States = dict[str | None, State]

ONES, TENS, PAIRS = counter(), counter(step=10), counter_v2()
PROGRAMS: dict[str, Program] = {"ones": ONES, "tens": TENS, "pairs": PAIRS}
IDS = {name: program_id(program) for name, program in PROGRAMS.items()}
STEPS = {"ones": 1, "tens": 10, "pairs": 1}
KEYS = (None, "ann", "bob")


def doubling() -> Program:
    count = compose(Project("was"), Project("count"))
    return migration(ONES.state, ONES.state, Fork((("count", operate(Primitive("multiply"), count, number(2))),)))


def same(state: State) -> State:
    return state


@dataclass(frozen=True)
class Code:
    """A migration or a downgrade, and what it does; None: it traps."""

    program: Program
    does: Callable[[State], State | None]


DOUBLE = Code(doubling(), lambda state: (state[0] * 2,))
SPLIT = Code(split(), lambda state: (state[0], state[0]))
MERGE = Code(merge(), lambda state: state[1:])
MERGE_EVEN = Code(merge_only_even(), lambda state: state[1:] if state[1] % 2 == 0 else None)

COUNT_TO_COUNT = ((None, None), (DOUBLE, None), (DOUBLE, DOUBLE), (None, DOUBLE))
COUNT_TO_PAIR = ((SPLIT, None), (SPLIT, MERGE), (SPLIT, MERGE_EVEN))
PAIR_TO_COUNT = ((MERGE, None), (MERGE, SPLIT), (MERGE_EVEN, SPLIT))


@dataclass(frozen=True)
class Call:
    """An input: for which version it was made, and its method; `add` adds this many."""

    key: str | None
    made_for: str
    method: str
    many: int = 0

    def entry(self) -> Input:
        arguments: tuple[Any, ...] = ()
        if self.method == "add":
            arguments = (self.many, "why") if self.made_for == "pairs" else (self.many,)
        return Input("counter", self.key, self.method, arguments, IDS[self.made_for])

    def run(self, version: str, states: States) -> str:
        """Do it to the states, under a version; gives what becomes of it."""
        in_pairs = (self.made_for == "pairs", version == "pairs")
        if (self.method == "add" and in_pairs[0] != in_pairs[1]) or (self.method == "trap" and any(in_pairs)):
            return "stale"
        if self.method == "trap":
            return "failed"
        state = states.get(self.key, (0, 0) if version == "pairs" else (0,))
        if self.method == "value":
            return f"returned {state[-1]}"
        states[self.key] = (*state[:-1], state[-1] + (STEPS[version] if self.method == "incr" else self.many))
        return "returned"


@dataclass(frozen=True)
class Delete:
    """A deletion."""

    key: str | None

    def entry(self) -> Deletion:
        return Deletion("counter", self.key)

    def run(self, _version: str, states: States) -> str:
        """As a call's."""
        return "nothing" if states.pop(self.key, None) is None else "deleted"


Happenings: TypeAlias = Sequence[Call | Delete]


@dataclass
class InForce:
    """An upgrade in force, as the model keeps it."""

    position: int
    before: str
    states: States | None
    downgrade: Callable[[State], State | None] | None
    inputs_before: int
    release: bool = False
    """Whether it is part of a release, so that it is not taken back by itself unless that is said."""


def said(outcome: Outcome) -> str:
    """What became of an input, in the model's words."""
    match outcome:
        case Returned():
            return f"returned {outcome.value}" if outcome.value != () else "returned"
        case StaleInput():
            return "stale"
        case Deleted():
            return "deleted"
        case Void():
            return "nothing"
        case _:
            return "failed"


calls = st.builds(
    Call,
    st.sampled_from(KEYS),
    st.sampled_from(sorted(IDS)),
    st.sampled_from(["incr", "add", "value"]),
    st.integers(0, 9),
) | st.builds(Call, st.sampled_from(KEYS), st.sampled_from(["ones", "tens"]), st.just("trap"))
happenings = calls | calls | st.builds(Delete, st.sampled_from(KEYS))


few = st.lists(happenings, min_size=1, max_size=4)


class Journey(RuleBasedStateMachine):
    """A counter on its way through versions, and the model beside it."""

    @initialize()
    def deploy(self) -> None:
        self.replica = Replica(MemoryJournal(), clock_us=lambda: 0, seed=lambda: b"")
        self.replica.deploy(encode_program(ONES))
        self.known = {"ones"}
        self.version = "ones"
        self.states: States = {}
        self.inputs: list[Call | Delete] = []
        self.told: list[str] = []
        self.in_force: list[InForce] = []
        self.ids = 0
        self.repeated: list[tuple[Entry, Outcome]] = []

    # ---- what the model does -------------------------------------------------------------------------------------

    def call(self, call: Call | Delete) -> str:
        told = self.run(call, self.version, self.states)
        self.inputs.append(call)
        self.told.append(told)
        return told

    def run(self, call: Call | Delete, version: str, states: States) -> str:
        # What was made for a program that never ran here fits nothing.
        if isinstance(call, Call) and call.made_for not in self.known:
            return "stale"
        return call.run(version, states)

    def replayed(self, last: InForce) -> tuple[States, list[str]]:
        assert last.states is not None
        states = dict(last.states)
        told = [self.run(call, last.before, states) for call in self.inputs[last.inputs_before :]]
        return states, told

    def went_back(self, last: InForce, way: str) -> States | None:
        """The states after a rollback; None where it does not happen."""
        if way == "replay":
            return None if last.states is None else self.replayed(last)[0]
        if last.downgrade is None:
            return None
        states = {key: last.downgrade(state) for key, state in self.states.items()}
        return None if None in states.values() else {key: state for key, state in states.items() if state is not None}

    # ---- what happens --------------------------------------------------------------------------------------------

    @rule(batch=st.lists(happenings, min_size=1, max_size=6))
    def inputs_arrive(self, batch: Happenings) -> None:
        outcomes = self.replica.commit([call.entry() for call in batch])
        assert [said(outcome) for outcome in outcomes] == [self.call(call) for call in batch]

    @rule(data=st.data(), first=few, since=few)
    def an_upgrade_is_proposed(self, data: st.DataObject, first: Happenings, since: Happenings) -> None:
        """Inputs are in its batch before it, which no check beforehand has seen, and after it."""
        to, migrate, back, encoded = self.some_upgrade(data)
        position = self.replica.engine.position + len(first)
        before = self.version
        with self.committed(first, UpgradeEntry(encoded), since) as outcome:
            if self.upgraded(outcome, to, migrate, back, position):
                migrated = 0 if migrate is None else len(self.states)
                assert outcome == Upgraded("counter", IDS[before], IDS[to], migrated, position)

    def some_upgrade(self, data: st.DataObject) -> tuple[str, Code | None, Code | None, bytes]:
        """An upgrade from what runs to another version, with one of the migrations that there are."""
        to = data.draw(st.sampled_from(sorted(IDS.keys() - {self.version})))
        shapes = (self.version == "pairs", to == "pairs")
        choices = {(False, False): COUNT_TO_COUNT, (False, True): COUNT_TO_PAIR, (True, False): PAIR_TO_COUNT}[shapes]
        migrate, back = data.draw(st.sampled_from(choices))
        encoded = upgrade(
            PROGRAMS[self.version],
            PROGRAMS[to],
            None if migrate is None else migrate.program,
            None if back is None else back.program,
            id=self.new_id(),
        )
        return to, migrate, back, encoded

    def upgraded(
        self, outcome: Outcome, to: str, migrate: Code | None, back: Code | None, position: int, release: bool = False
    ) -> bool:
        """Do what an upgrade does at a position, and say whether it does it; its outcome must say so, too."""
        migrated = {key: state if migrate is None else migrate.does(state) for key, state in self.states.items()}
        if None in migrated.values():
            assert isinstance(outcome, Void)
            return False
        assert not isinstance(outcome, Void)
        by_code = back.does if back is not None else same if migrate is None else None
        kept = None if migrate is None else dict(self.states)
        self.in_force.append(InForce(position, self.version, kept, by_code, len(self.inputs), release))
        for old in self.in_force[:-MOST_KEPT]:
            old.states = None
        self.known.add(to)
        self.version = to
        self.states = {key: state for key, state in migrated.items() if state is not None}
        return True

    @rule()
    def an_upgrade_to_what_runs_is_proposed(self) -> None:
        running = PROGRAMS[self.version]
        with pytest.raises(Rejected, match="runs this program already"):
            self.replica.upgrade(upgrade(running, running))

    @precondition(lambda self: self.in_force)
    @rule(first=few, since=few)
    def a_rollback_by_downgrade_is_proposed(self, first: Happenings, since: Happenings) -> None:
        self.propose("downgrade", first, since)

    @precondition(lambda self: self.in_force)
    @rule(first=few, since=few)
    def a_rollback_by_replay_is_proposed(self, first: Happenings, since: Happenings) -> None:
        self.propose("replay", first, since)

    def propose(self, way: str, first: Happenings, since: Happenings, machine_only: bool = False) -> None:
        last = self.in_force[-1]
        entry = Rollback(self.new_id(), "counter", last.position, way, machine_only=machine_only)
        position = self.replica.engine.position + len(first)
        with self.committed(first, entry, since) as outcome:
            states = None if last.release and not machine_only else self.went_back(last, way)
            if states is None:
                assert isinstance(outcome, Void)
                return
            assert outcome == RolledBack(
                "counter", IDS[self.version], IDS[last.before], way, len(states), last.position, position
            )
            self.in_force.pop()
            self.version, self.states = last.before, states

    @contextmanager
    def committed(self, first: Happenings, entry: Entry, since: Happenings) -> Iterator[Outcome]:
        """Commit an entry between inputs as one batch; in the block the model does what the entry does."""
        batch = [*(call.entry() for call in first), entry, *(call.entry() for call in since)]
        outcomes = self.replica.commit(batch)
        assert [said(each) for each in outcomes[: len(first)]] == [self.call(call) for call in first]
        outcome = outcomes[len(first)]
        self.repeated.append((entry, outcome))
        yield outcome
        assert [said(each) for each in outcomes[len(first) + 1 :]] == [self.call(call) for call in since]

    @rule()
    def a_rollback_of_what_is_no_longer_there_is_proposed(self) -> None:
        entry = Rollback(self.new_id(), "counter", 999_999, "replay")
        (outcome,) = self.replica.commit([entry])
        assert isinstance(outcome, Void)

    @precondition(lambda self: self.repeated)
    @rule(data=st.data())
    def what_was_decided_is_sent_again(self, data: st.DataObject) -> None:
        entry, answer = data.draw(st.sampled_from(self.repeated))
        assert self.replica.commit([entry]) == [answer]

    @precondition(lambda self: self.in_force and self.in_force[-1].states is not None)
    @rule()
    def a_plan_counts_what_the_model_counts(self) -> None:
        last = self.in_force[-1]
        plan = self.replica.plan_rollback("counter", "replay")
        states, becomes = self.replayed(last)
        since = zip(self.inputs[last.inputs_before :], self.told[last.inputs_before :], becomes, strict=True)
        both = [(a, b) for call, a, b in since if isinstance(call, Call)]
        done = [(a, b) for a, b in both if a != b]
        assert plan.inputs is not None
        assert plan.inputs.inputs == len(both)
        assert plan.inputs.unfit.count == sum(a.startswith("returned") and b == "stale" for a, b in done)
        assert plan.inputs.trapped.count == sum(a.startswith("returned") and b == "failed" for a, b in done)
        assert plan.inputs.refused.count == 0
        assert plan.inputs.different.count + plan.inputs.unfit.count + plan.inputs.trapped.count == len(done)
        assert plan.inputs.instances == len(self.states.keys() - states.keys())

    @rule()
    def the_node_starts_again(self) -> None:
        self.replica = Replica(self.replica.journal, clock_us=lambda: 0, seed=lambda: b"")
        self.replica.recover()

    @rule()
    def the_node_starts_again_from_a_snapshot(self) -> None:
        """All of what comes after goes by what the snapshot held: answers to retries, ways back, kept states."""
        engine = self.replica.engine
        written = list(frames(engine, Link(1, 2)))
        self.replica = Replica(self.replica.journal, clock_us=lambda: 0, seed=lambda: b"")
        self.replica.engine, link = engine_at(written, engine.past)
        assert link == Link(1, 2)

    def new_id(self) -> str:
        self.ids += 1
        return f"{self.ids:032x}"

    # ---- what holds at any time ------------------------------------------------------------------------------------

    @invariant()
    def the_states_are_the_models(self) -> None:
        machine = self.replica.engine.machines["counter"]
        assert machine.loaded.id == IDS[self.version]
        assert list(machine.states()) == list(self.states.items()), "in the order in which they came"
        assert {each.loaded.id for _, each in machine.each()} <= {IDS[self.version]}, "nobody is left behind"
        assert [each.position for each in machine.undoable] == [each.position for each in self.in_force]
