"""An upgrade at every position of a sequence of inputs: what the states are before and after it, and what follows.

An engine goes along under the old version. At each position another one forks off, is upgraded as a node would be, and
goes on with the inputs that are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from camshaft.bytecode.program import Program
from camshaft.evolution.upgrade import Upgrade
from camshaft.language.machine import Machine
from camshaft.runtime import entries
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Entries
from camshaft.runtime.fork import forked
from camshaft.runtime.invariants import broken
from camshaft.runtime.migration import Migration
from camshaft.runtime.outcomes import Outcome, Void
from camshaft.testing.calls import Call, Step, Version
from camshaft.values.address import Address
from camshaft.values.types import Type

Old = TypeVar("Old", bound=Machine)
New = TypeVar("New", bound=Machine)

Value = tuple[Type, Any]
"""A state with its type."""


@dataclass(frozen=True)
class Recording:
    """Inputs that happened: an engine as it was before them, and the inputs of one machine since then."""

    start: Engine
    steps: Sequence[Step]


class Pair(Generic[Old, New]):
    """The two versions of an upgrade, and the bytes of it."""

    def __init__(self, upgrade: Upgrade[Old, New], running: Program | None = None) -> None:
        """`running` is the program that runs where the upgrade is tried, where that is not the old class's own."""
        self.old = Version(upgrade.old)
        self.new = Version(upgrade.new)
        prepared = upgrade.prepared(running)
        self.encoded = prepared.encoded
        self._downgrade = prepared.upgrade.downgrade

    @cached_property
    def downgrade(self) -> Migration | None:
        """The code for the way back, if the upgrade brings any. Raises Rejected where no node would take it."""
        data = self._downgrade
        old, new = self.old.binding.program.state, self.new.binding.program.state
        return None if data is None else Migration(data, new, old, "downgrade")


class Position(Generic[Old, New]):
    """An upgrade at one position: after `position` of the inputs. Its states are by the keys of their instances.

    `void` is why the upgrade does not happen here, None where it does. Where it does not, there is nothing after it.
    """

    def __init__(self, pair: Pair[Old, New], position: int, before: Engine) -> None:
        self.position = position
        self._pair = pair
        self._before = dict(_states(before, pair.old.name))
        self.engine = forked(before, pair.old.name)
        outcome = self.engine.apply_one(
            entries.Upgrade(pair.encoded), Entries(before.time_us, b"", []), before.position, 0
        )
        self.engine.position += 1
        self.void = outcome.reason if isinstance(outcome, Void) else None
        self._after: dict[str | None, Value] = {} if self.void else dict(_states(self.engine, pair.old.name))
        self._inputs_since = 0

    @property
    def before(self) -> Mapping[str | None, Value]:
        """The states before the upgrade, as values."""
        return self._before

    @property
    def after(self) -> Mapping[str | None, Value]:
        """The states after the upgrade, before any further input, as values."""
        return self._after

    @cached_property
    def old(self) -> dict[str | None, Old]:
        """The instances before the upgrade, as objects of the old class."""
        return {key: self._pair.old.object_of(state) for key, (_, state) in self._before.items()}

    @cached_property
    def new(self) -> dict[str | None, New]:
        """The instances after the upgrade, before any further input, as objects of the new class."""
        return {key: self._pair.new.object_of(state) for key, (_, state) in self._after.items()}

    def present(self, key: str | None) -> Value:
        """The present state of an instance, as a value."""
        return self.engine.state(Address(self._pair.old.name, key))

    def broken(self, key: str | None) -> str | None:
        """The first of the new version's own invariants that an instance breaks now, in words; None where all hold."""
        machine = self.engine.machines[self._pair.old.name]
        loaded = machine.program_of(key)
        _, state = self.present(key)
        found = broken(loaded, loaded.make_cell(state), machine.fuel)
        return None if found is None else f"the invariant {found[0]}"

    def instance(self, key: str | None = None) -> New:
        """An instance as it is now, after the inputs that were made since, as an object of the new class."""
        return self._pair.new.object_of(self.present(key)[1])

    def make(self, *calls: Call) -> list[Any]:
        """Make calls of the new version after the upgrade; gives their results, and exceptions where they failed.

        Raises TypeError or Rejected where the arguments are not those of the method.
        """
        version, answers = self._pair.new, []
        for step in version.steps(calls, self.engine.time_us, 2**32 + self._inputs_since):
            self._inputs_since += 1
            answers.append(version.answer(step.entry.method, self.take(step)))
        return answers

    def take(self, step: Step) -> Outcome:
        """Let the upgraded machine have an input."""
        return step.on(self.engine)


def positions(pair: Pair[Old, New], recording: Recording) -> Iterator[tuple[Position[Old, New], list[Outcome]]]:
    """Each position with what the old version has answered to the inputs before it."""
    engine = forked(recording.start)
    outcomes: list[Outcome] = []
    yield Position(pair, 0, engine), outcomes
    for number, step in enumerate(recording.steps, 1):
        outcomes.append(step.on(engine))
        yield Position(pair, number, engine), outcomes


def every_position(upgrade: Upgrade[Old, New], calls: Sequence[Call]) -> Iterator[Position[Old, New]]:
    """The upgrade before the first call, after the first, and so on until after the last, for checks of one's own.

    Each position is one of its own: what is done with it is not seen by the next.

    Raises:
        MigrationNeeded: the upgrade has no migration, and none can be derived.
        CompileError: one of its versions cannot run on a node.
        TypeError: a call is not one of the old version's.
    """
    pair = Pair(upgrade)
    recording = Recording(pair.old.engine(), list(pair.old.steps(calls)))
    for position, _ in positions(pair, recording):
        yield position


def _states(engine: Engine, machine: str) -> Iterator[tuple[str | None, Value]]:
    for key, instance in engine.machines[machine].each():
        # A step changes the containers of a state in place: what is kept is a copy.
        loaded = instance.loaded
        yield key, (loaded.state_type, loaded.state_of(loaded.make_cell(instance.state)))
