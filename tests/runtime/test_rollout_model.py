"""Random inputs, rollouts, growth, confirmations, rollbacks and restarts, against a model of a few dicts.

The model keeps one dict of states for what runs and one for the old version beside it, and counts on its fingers. Six
versions of the counter run: in ones, in tens, with a second field, with an `incr` that traps from five on, with one
that refuses from there on, and with an invariant that does not hold from there on.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from camshaft.bytecode.rollout import ALL, Rollout
from camshaft.errors import Rejected
from camshaft.runtime.entries import Deletion, Input, Rollback, Steer
from camshaft.runtime.entries import Upgrade as UpgradeEntry
from camshaft.runtime.outcomes import (
    Deleted,
    Outcome,
    RefusedBy,
    Returned,
    RolledBack,
    StaleInput,
    Steered,
    Upgraded,
    Void,
)
from generators.machines import merge, split, upgrade
from generators.rollouts import IDS, LIMIT, PROGRAMS, Clocked, terms

State = tuple[int, ...]
States = dict[str | None, State]

KEYS = (None, "ann", "bob", "eve", "joe")


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

    def fits(self, version: str, *, whatever_is_answered: bool = False) -> bool:
        """Whether a version has a form of it, or at least of its arguments."""
        in_pairs = {self.made_for == "pairs", version == "pairs"}
        if self.method == "add":
            return len(in_pairs) == 1
        if self.method == "trap":
            return in_pairs == {False}
        shy = {self.made_for == "shy", version == "shy"}
        return self.method != "incr" or whatever_is_answered or len(shy) == 1

    def run(self, version: str, states: States) -> str:
        """Do it to the states, under a version that has a form of it; gives what becomes of it."""
        if self.method == "trap":
            return "trapped"
        state = states.get(self.key, (0, 0) if version == "pairs" else (0,))
        count = state[-1]
        if self.method == "value":
            return f"returned {count}"
        if self.method == "incr" and version in ("capped", "shy") and count >= LIMIT:
            return "trapped" if version == "capped" else "refused"
        step = self.many if self.method == "add" else 10 if version == "tens" else 1
        states[self.key] = (*state[:-1], count + step)
        return "returned"


def said(outcome: Outcome) -> str:
    """What became of an input, in the model's words."""
    match outcome:
        case Returned():
            return f"returned {outcome.value}" if outcome.value != () else "returned"
        case StaleInput():
            return "stale"
        case RefusedBy():
            return "refused"
        case _:
            return "trapped"


@dataclass
class UnderWay:
    """A rollout, as the model keeps it."""

    id: str
    position: int
    terms: Rollout
    before: str
    to: str
    share: int
    since: int
    held: bool = False
    beside: States = field(default_factory=dict)
    """The states of the old version, of the instances that run the new one."""
    counts: Counter[str] = field(default_factory=Counter)

    def includes(self, key: str | None, share: int) -> bool:
        address = "counter" if key is None else f"counter/{key}"
        place = int.from_bytes(hashlib.sha256(f"{self.id}{address}".encode()).digest()[:8], "big")
        return share == ALL or place / 2**64 < share / ALL

    def fails(self) -> bool:
        judged = max(self.counts["inputs"], self.terms.enough)
        allowed = {"traps": self.terms.traps, "refusals": self.terms.refusals, "different": 0}
        return any(self.counts[what] * ALL > rate * judged for what, rate in allowed.items())


calls = st.builds(
    Call,
    st.sampled_from(KEYS),
    st.sampled_from(sorted(IDS)),
    st.sampled_from(["incr", "incr", "incr", "add", "value", "trap"]),
    st.integers(0, 3),
).filter(lambda call: call.method != "trap" or call.made_for != "pairs")

rates = st.sampled_from([0, 0, ALL // 4, ALL])


class Journey(RuleBasedStateMachine):
    """A counter on its way through rollouts, and the model beside it."""

    @initialize()
    def deploy(self) -> None:
        self.clocked = Clocked()
        self.known = {"ones"}
        self.version = "ones"
        self.states: States = {}
        self.under_way: UnderWay | None = None
        self.repeated: list[tuple[Any, Outcome]] = []

    # ---- what the model does -------------------------------------------------------------------------------------

    def call(self, call: Call) -> str:
        rollout = self.under_way
        known = call.made_for in self.known
        if rollout is None or not rollout.includes(call.key, rollout.share):
            return call.run(self.version, self.states) if known and call.fits(self.version) else "stale"
        told = call.run(rollout.to, self.states) if known and call.fits(rollout.to) else "stale"
        has_form = known and call.fits(rollout.before, whatever_is_answered=True)
        old = call.run(rollout.before, rollout.beside) if has_form else "stale"
        rollout.counts["inputs"] += told != "stale"
        rollout.counts["unfit"] += old == "stale" and told != "stale"
        is_broken = rollout.to == "bound" and told.startswith("returned") and self.states[call.key][-1] >= LIMIT
        return self.judged(rollout, call, told, old, is_broken=is_broken)

    def judged(self, rollout: UnderWay, call: Call, told: str, old: str, *, is_broken: bool) -> str:
        """Hold an input against the new version, where it is; gives what its caller hears."""
        if is_broken:
            self.goes_back(rollout)
            return old
        if told == old or told == "stale" or old == "trapped":
            return told
        if told == "trapped":
            rollout.counts["traps"] += 1
        elif old == "stale" or (told != "refused" and call.method in rollout.terms.different):
            return told
        else:
            rollout.counts["refusals" if told == "refused" else "different"] += 1
        if not rollout.fails():
            return told
        self.goes_back(rollout)
        return told if old == "stale" else old

    def goes_back(self, rollout: UnderWay) -> None:
        others = {key: state for key, state in self.states.items() if not rollout.includes(key, rollout.share)}
        self.states = {**others, **rollout.beside}
        self.version = rollout.before
        self.under_way = None

    def grows(self, rollout: UnderWay, share: int) -> None:
        for key, state in self.states.items():
            if rollout.includes(key, share) and not rollout.includes(key, rollout.share):
                rollout.beside[key] = state
                self.states[key] = migrated(rollout.before, rollout.to, state)
        rollout.share, rollout.since, rollout.counts = share, self.clocked.now_us, Counter()

    def would_break(self, rollout: UnderWay, share: int) -> bool:
        """Whether an invariant is false of an instance that would join."""
        joining = [
            state
            for key, state in self.states.items()
            if rollout.includes(key, share) and not rollout.includes(key, rollout.share)
        ]
        return rollout.to == "bound" and any(state[-1] >= LIMIT for state in joining)

    def ends(self, rollout: UnderWay) -> None:
        self.grows(rollout, ALL)
        self.version, self.under_way = rollout.to, None

    def a_batch_begins(self) -> None:
        rollout = self.under_way
        if rollout is None or rollout.held or rollout.terms.period is None:
            return
        judged = rollout.counts["inputs"] - rollout.counts["unfit"] >= rollout.terms.enough
        if not judged or self.clocked.now_us - rollout.since < rollout.terms.period:
            return
        following = [share for share in rollout.terms.shares if share > rollout.share]
        if following and self.would_break(rollout, following[0]):
            self.goes_back(rollout)
        elif following:
            self.grows(rollout, following[0])
        elif rollout.share == ALL:
            self.ends(rollout)

    # ---- what happens --------------------------------------------------------------------------------------------

    @rule(batch=st.lists(calls, min_size=1, max_size=8))
    def inputs_arrive(self, batch: list[Call]) -> None:
        self.a_batch_begins()
        outcomes = self.clocked.commit(*(call.entry() for call in batch))
        assert [said(outcome) for outcome in outcomes] == [self.call(call) for call in batch]

    @rule(key=st.sampled_from(KEYS))
    def an_instance_is_deleted(self, key: str | None) -> None:
        self.a_batch_begins()
        position = self.clocked.replica.engine.position
        (outcome,) = self.clocked.commit(Deletion("counter", key))
        beside = {} if self.under_way is None else self.under_way.beside
        was = [states.pop(key, None) for states in (self.states, beside)]
        assert outcome == Deleted("counter", key, position) if any(was) else isinstance(outcome, Void)

    @rule(passed=st.integers(1, 20))
    def time_passes(self, passed: int) -> None:
        self.clocked.now_us += passed

    @precondition(lambda self: self.under_way is None)
    @rule(
        data=st.data(),
        shares=st.lists(st.integers(1, ALL), max_size=2, unique=True).map(sorted),
        period=st.none() | st.integers(1, 15),
        traps=rates,
        refusals=rates,
        enough=st.integers(1, 4),
        different=st.sampled_from([(), ("value",)]),
    )
    def a_rollout_begins(self, data: st.DataObject, shares: list[int], **limits: Any) -> None:
        to = data.draw(st.sampled_from(sorted(IDS.keys() - {self.version})))
        chosen = terms(*shares, **limits)
        id_ = self.clocked.new_id()
        shapes = (self.version == "pairs", to == "pairs")
        migrate = {(False, True): split(), (True, False): merge()}.get(shapes)
        entry = UpgradeEntry(upgrade(PROGRAMS[self.version], PROGRAMS[to], migrate, id=id_, rollout=chosen))
        position = self.clocked.replica.engine.position
        (outcome,) = self.clocked.commit(entry)
        self.repeated.append((entry, outcome))
        if to == "bound" and any(state[-1] >= LIMIT for state in self.states.values()):
            assert isinstance(outcome, Void)
            return
        self.under_way = UnderWay(id_, position, chosen, self.version, to, 0, self.clocked.now_us)
        self.known.add(to)
        self.grows(self.under_way, chosen.shares[0])
        count = 0 if migrate is None else len(self.under_way.beside)
        assert outcome == Upgraded("counter", IDS[self.version], IDS[to], count, position)

    @precondition(lambda self: self.under_way is not None)
    @rule(share=st.none() | st.integers(1, ALL))
    def it_is_asked_to_grow(self, share: int | None) -> None:
        rollout = self.under_way
        assert rollout is not None
        following = [each for each in rollout.terms.shares if each > rollout.share]
        becomes = share or (following[0] if following else 0)
        if becomes <= rollout.share:
            with pytest.raises(Rejected, match="nothing was changed"):
                self.clocked.steer("grow", share)
            return
        if self.would_break(rollout, becomes):
            with pytest.raises(Rejected, match=r"would break an invariant: `bound` is false; nothing was changed"):
                self.clocked.steer("grow", share)
            return
        self.grows(rollout, becomes)
        assert self.clocked.steer("grow", share).share == becomes

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def it_is_held_or_resumed(self) -> None:
        assert self.under_way is not None
        action = "resume" if self.under_way.held else "hold"
        self.under_way.held = not self.under_way.held
        assert self.clocked.steer(action).action == action

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def it_is_confirmed(self) -> None:
        rollout = self.under_way
        assert rollout is not None
        entry = Steer(self.clocked.new_id(), "counter", rollout.position, "confirm")
        (outcome,) = self.clocked.commit(entry)
        self.repeated.append((entry, outcome))
        if self.would_break(rollout, ALL):
            assert isinstance(outcome, Void)
            return
        self.ends(rollout)
        assert isinstance(outcome, Steered)
        assert outcome.instances == len(self.states)

    @precondition(lambda self: self.under_way is not None)
    @rule()
    def it_is_rolled_back(self) -> None:
        rollout = self.under_way
        assert rollout is not None
        plan = self.clocked.replica.plan_rollback("counter")
        assert plan.inputs is not None
        only_new = self.states.keys() - rollout.beside.keys()
        assert plan.inputs.instances == sum(rollout.includes(key, rollout.share) for key in only_new)
        entry = Rollback(self.clocked.new_id(), "counter", rollout.position, "trial")
        (outcome,) = self.clocked.commit(entry)
        self.goes_back(rollout)
        assert isinstance(outcome, RolledBack)
        assert (outcome.to_id, outcome.instances) == (IDS[self.version], len(self.states))
        self.repeated.append((entry, outcome))

    @precondition(lambda self: self.repeated)
    @rule(data=st.data())
    def what_was_decided_is_sent_again(self, data: st.DataObject) -> None:
        entry, answer = data.draw(st.sampled_from(self.repeated))
        # What is asked about a rollout comes before what it would do by itself.
        if isinstance(entry, UpgradeEntry):
            self.a_batch_begins()
        assert self.clocked.commit(entry) == [answer]

    @rule()
    def the_node_starts_again(self) -> None:
        before = self.clocked.replica.engine.history("counter")
        self.clocked.replica = self.clocked.again()
        assert self.clocked.replica.engine.history("counter") == before

    # ---- what holds at any time ------------------------------------------------------------------------------------

    @invariant()
    def the_states_are_the_models(self) -> None:
        engine, rollout = self.clocked.replica.engine, self.under_way
        machine = engine.machines["counter"]
        assert dict(machine.states()) == self.states
        if rollout is None:
            assert (machine.rollout, engine.rollouts.running) == (None, {}), "nothing is left of it"
            assert {each.loaded.id for _, each in machine.each()} <= {IDS[self.version]}
            assert machine.loaded.id == IDS[self.version]
            return
        assert machine.rollout is not None
        assert machine.loaded.id == IDS[rollout.to if rollout.share == ALL else rollout.before]
        for key, each in machine.each():
            assert each.loaded.id == IDS[rollout.to if rollout.includes(key, rollout.share) else rollout.before]
        assert dict(machine.rollout.shadows.states()) == rollout.beside
        health = machine.rollout.health
        counted = (health.inputs, health.unfit.count, health.traps.count, health.refusals.count, health.different.count)
        assert counted == tuple(rollout.counts[what] for what in ("inputs", "unfit", "traps", "refusals", "different"))


def migrated(before: str, to: str, state: State) -> State:
    if before == "pairs":
        return state[1:]
    return (state[0], state[0]) if to == "pairs" else state


TestJourney = Journey.TestCase
TestJourney.settings = settings(stateful_step_count=30)
