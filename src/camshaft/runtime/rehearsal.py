"""Rehearsing an upgrade on what was journaled: both versions beside each other on the same inputs, and what differs.

Two engines fork off at a position. One goes on as it did; the other is upgraded first. Each input since then is run by
both, with its own time, random numbers and fuel. Nothing that runs anywhere is touched.

Rule: nothing in this file reads a clock or a file. The past is given, and so is the clock that measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from camshaft.bytecode.occasion import Draws, Occasion, entry_seed
from camshaft.bytecode.upgrade import Upgrade, decode_upgrade
from camshaft.errors import Fault, Rejected
from camshaft.execution.interpreter import Interpreter
from camshaft.runtime import entries
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deletion, Entries, Input, Setting
from camshaft.runtime.findings import Cost, Findings, MethodFindings, StateFindings
from camshaft.runtime.fork import forked
from camshaft.runtime.interfaces import misfit
from camshaft.runtime.losses import Comparison
from camshaft.runtime.migration import Migration
from camshaft.runtime.outcomes import Outcome, Void
from camshaft.runtime.replay import Past, Recorded, recorded_between
from camshaft.values.address import Address
from camshaft.values.codec import encode
from camshaft.values.difference import differences
from camshaft.values.types import Type

_FUEL_SAMPLES: Final = 100
"""Of how many inputs of a method the fuel is measured, the first ones: the interpreter does it, which is slow."""


def standing_at(past: Past, machine: str, position: int, end: int) -> Engine:
    """A fork of one machine as it stood at a position, or later: where the program last changed that runs at the end.

    `end` is the position up to which the past counts. The fork stands between two batches.

    Raises `Rejected` where there is no such machine at the end, or a rollout of it is under way.
    """
    engine = Engine(past)
    fork: Engine | None = None
    for start, batch in past(0):
        if start >= end:
            break
        found = engine.machines.get(machine)
        if start >= position and fork is None and found is not None and found.rollout is None:
            fork = forked(engine, machine)
        before = _program_of(engine, machine)
        engine.apply(start, batch)
        if _program_of(engine, machine) != before:
            fork = None
            position = max(position, engine.position)
    if engine.machine(machine).rollout is not None:
        fork = None
    return forked(engine, machine) if fork is None else fork


def _program_of(engine: Engine, name: str) -> str | None:
    machine = engine.machines.get(name)
    return None if machine is None else machine.loaded.id


class Rehearsal:
    """An upgrade beside what happened, from where an engine stands."""

    def __init__(self, start: Engine, upgrade: bytes, past: Past, end: int, clock_ns: Callable[[], int]) -> None:
        """`end` is the position up to which the past counts; `clock_ns` tells how long things take.

        Raises `Rejected` where the upgrade is not acceptable in the state that the engine is in.
        """
        self._upgrade: Upgrade = decode_upgrade(upgrade)
        self._name = self._upgrade.machine
        self._start = start
        self._encoded = upgrade
        self._past = past
        self._end = end
        self._clock_ns = clock_ns
        self.was = forked(start, self._name)
        began = clock_ns()
        self.would = self._upgraded()
        self._migration_ns = clock_ns() - began
        self._methods: dict[str, _Method] = {}

    def _upgraded(self) -> Engine:
        engine = forked(self._start, self._name)
        batch = Entries(engine.time_us, b"", [])
        outcome = engine.apply_one(entries.Upgrade(self._encoded), batch, engine.position, 0)
        if isinstance(outcome, Void):
            raise Rejected(outcome.reason)
        return engine

    def run(self) -> Findings:
        """Run all inputs through both versions, and compare."""
        for recorded in self._recorded():
            self._take(recorded)
        before, after = self._start.machine(self._name), self.would.machine(self._name)
        return Findings(
            machine=self._name,
            from_id=before.loaded.id,
            to_id=after.loaded.id,
            position=self._start.position,
            end=self._end,
            migrated=before.count if self._upgrade.migration is not None else 0,
            migration_ns=self._migration_ns,
            methods={name: method.findings() for name, method in sorted(self._methods.items())},
            states=self._compare_states(),
        )

    def _recorded(self) -> Iterator[Recorded]:
        position = self._start.position
        return recorded_between(self._past, position, position, self._end)

    def _take(self, recorded: Recorded) -> None:
        entry = recorded.entry
        if isinstance(entry, Setting | Deletion) and entry.machine == self._name:
            for engine in (self.was, self.would):
                self._run(engine, recorded)
        elif isinstance(entry, Input) and entry.machine == self._name:
            method = self._methods.get(entry.method)
            if method is None:
                method = self._methods[entry.method] = _Method(self.was)
            if method.samples < _FUEL_SAMPLES:
                method.sample(self._fuel(self.was, recorded), self._fuel(self.would, recorded))
            began = self._clock_ns()
            was = self._run(self.was, recorded)
            between = self._clock_ns()
            becomes = self._run(self.would, recorded)
            method.add(recorded, was, becomes, between - began, self._clock_ns() - between)

    def _run(self, engine: Engine, recorded: Recorded) -> Outcome:
        return engine.apply_one(recorded.entry, recorded.batch, recorded.start, recorded.index)

    def _fuel(self, engine: Engine, recorded: Recorded) -> int | None:
        """What an input uses under the program that it runs under; None where that has no form of it."""
        entry = recorded.entry
        assert isinstance(entry, Input)
        machine = engine.machine(self._name)
        loaded = machine.program_of(entry.key)
        made_for = engine.catalog.programs.get(entry.interface)
        if made_for is None or (made_for.id != loaded.id and misfit(made_for, loaded, entry.method) is not None):
            return None
        prepared = loaded.methods[entry.method]
        arguments = entry.arguments
        if isinstance(arguments, list):
            arguments = prepared.arguments_of(arguments)
        instance = machine.instance(entry.key)
        state = loaded.initial if instance is None else instance.state
        draws = Draws(entry_seed(recorded.batch.seed, recorded.index))
        occasion = Occasion(recorded.batch.time_us, entry.key or "", draws)
        return Interpreter(loaded.verified).fuel_used(entry.method, arguments, state, machine.fuel, occasion)

    # ---- states ------------------------------------------------------------------------------------------------------

    def _compare_states(self) -> StateFindings:
        """What the migration makes of each state that the old version came to, beside the one of the new version."""
        was, would = self.was.machine(self._name), self.would.machine(self._name)
        keys = list(dict.fromkeys([*was.keys, *would.keys]))
        findings = StateFindings(compared=len(keys))
        for key in keys:
            lines = self._differences(self.was, self.would, key)
            if lines:
                findings.different += 1
                if findings.instance is None:
                    findings.instance = str(Address(self._name, key))
                    findings.differences = lines
                    findings.position = self._first_difference(key)
        return findings

    def _differences(self, was: Engine, would: Engine, key: str | None) -> list[str]:
        old, new = was.machine(self._name).instance(key), would.machine(self._name).instance(key)
        if old is None or new is None:
            there = "old" if new is None else "new"
            return [] if old is new else [f"only the {there} version has this instance"]
        before, after = old.loaded.state_type, new.loaded.state_type
        try:
            migrated = self._migrated(before, after, key, old.state)
        except Rejected as error:
            return [str(error)]
        if encode(after, migrated) == encode(after, new.state):
            return []
        found = [str(one) for one in differences(after, migrated, after, new.state)]
        return found or ["their canonical bytes differ"]

    def _migrated(self, before: Type, after: Type, key: str | None, state: Any) -> Any:
        if self._upgrade.migration is None:
            return state
        (migrated,) = Migration(self._upgrade.migration, before, after).of_all(self._name, [(key, state)])
        return migrated

    def _first_difference(self, key: str | None) -> int | None:
        """The position of the input after which an instance's states differ; None: they do from the beginning."""
        was, would = forked(self._start, self._name), self._upgraded()
        if self._differences(was, would, key):
            return None
        for recorded in self._recorded():
            entry = recorded.entry
            if isinstance(entry, Input | Setting | Deletion) and entry.machine == self._name:
                if not isinstance(entry, Setting) and entry.key != key:
                    continue
                self._run(was, recorded)
                self._run(would, recorded)
                if self._differences(was, would, key):
                    return recorded.position
        raise Fault(f"the states of {Address(self._name, key)} differ in one run, and not in another")


class _Method:
    """What is known of the inputs of one method so far."""

    __slots__ = ("_compared", "_cost", "samples")

    def __init__(self, was: Engine) -> None:
        self._compared = Comparison(was.catalog)
        self._cost = Cost()
        self.samples = 0

    def sample(self, was: int | None, becomes: int | None) -> None:
        """Count what an input uses of fuel in both versions, where both have a form of it."""
        self.samples += 1
        if was is not None and becomes is not None:
            self._cost.fuel_inputs += 1
            self._cost.fuel_was += was
            self._cost.fuel_becomes += becomes

    def add(self, recorded: Recorded, was: Outcome, becomes: Outcome, was_ns: int, becomes_ns: int) -> None:
        """Count an input."""
        self._cost.ns_was += was_ns
        self._cost.ns_becomes += becomes_ns
        self._compared.add(recorded, was, becomes)

    def findings(self) -> MethodFindings:
        """What was found."""
        return MethodFindings(self._compared.losses, self._cost)
