"""The engine: a fold over the journal.

Rule: nothing in this file reads a clock, a file or a socket. Time and randomness arrive in the batch, and nothing but
an entry changes what is here, so that the state is a function of the journal alone, on every node and for ever.

An entry runs under the program in force at its position. Steps change the containers of a state in place; one that
refuses or traps has taken its changes back. What leaves here is a copy, or is read before the next step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, assert_never

from camshaft.bytecode.release import Release, decode_release
from camshaft.bytecode.upgrade import Upgrade, decode_upgrade
from camshaft.errors import Fault, Rejected, Stale
from camshaft.runtime import entries
from camshaft.runtime.answers import Answers, Change
from camshaft.runtime.catalog import Catalog, Loaded, Prepared
from camshaft.runtime.deletion import delete
from camshaft.runtime.entries import Deploy, Entries, Entry, Input, Restore, Retirement, Rollback, Setting, Steer
from camshaft.runtime.facades import served
from camshaft.runtime.inputs import repeating, run_once
from camshaft.runtime.instances import VOID, HistoryRecord, Machine
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import (
    Deployed,
    Outcome,
    RefusedBy,
    Released,
    Restored,
    Returned,
    RolledBack,
    Set,
    StaleInput,
    Steered,
    TakenBack,
    Trapped,
    Upgraded,
    Void,
)
from camshaft.runtime.queries import When, run_query, state_of
from camshaft.runtime.release_rollback import CheckedReleaseRollback, check_release_rollback
from camshaft.runtime.releases import CheckedRelease, apply_release, check_release
from camshaft.runtime.replay import Past, no_past
from camshaft.runtime.retirement import retire
from camshaft.runtime.rollback import CheckedRollback, check_rollback, chosen_way, undoable_of
from camshaft.runtime.rollouts import CheckedSteering, Rollouts
from camshaft.runtime.settings import change_setting
from camshaft.runtime.snapshot import Standing, begun
from camshaft.runtime.undoable import Undoable
from camshaft.runtime.upgrade import CheckedUpgrade, apply_upgrade, check_upgrade, known
from camshaft.values.address import Address
from camshaft.values.types import Type


class Engine:
    """The state of a node: machines, instances, and the programs they run under."""

    __slots__ = (
        "_answers",
        "_rehearsed",
        "_went_back",
        "at_once",
        "catalog",
        "generation",
        "is_behind",
        "machines",
        "past",
        "position",
        "rollouts",
        "time_us",
    )

    def __init__(self, past: Past = no_past, *, at_once: bool = False) -> None:
        self.past = past
        """Reads the journal that is being folded, for rollbacks by replay."""
        self.at_once = at_once
        """Whether every instance is migrated at its upgrade's position: slower, and the same for all who look."""
        self.position = 0
        """The position of the next entry: how many were applied."""
        self.time_us = 0
        """When the last batch was written, in microseconds since 1970, UTC."""
        self.generation = 0
        """Counts changes of programs: what somebody keeps of `prepare` is good for one generation."""
        self.is_behind = False
        """Whether `advance` may have something to do."""
        self.catalog = Catalog()
        self.machines: dict[str, Machine] = {}
        self.rollouts = Rollouts(self._programs_changed)
        self._answers = Answers()
        self._rehearsed: tuple[int, bytes, CheckedUpgrade] | None = None
        self._went_back: list[tuple[int, CheckedRollback]] = []

    # ---- the fold --------------------------------------------------------------------------------------------------

    def apply(self, position: int, batch: Entries) -> list[Outcome]:
        """Apply a batch of the journal, and tell what became of each entry.

        Raises `Fault` where the batch is not the next one.
        """
        if position != self.position:
            raise Fault(f"a batch at position {position} was to be applied at position {self.position}")
        self.begin_batch(position, batch)
        outcomes, run = list[Outcome](), self.rollouts.runner
        before: Entry | None = None
        again: Callable[[int], Outcome] | None = None
        for entry in batch.entries:
            if type(entry) is not Input or entry.idempotency is not None:
                outcomes.append(self.apply_one(entry, batch, position, len(outcomes)))
                run, before = self.rollouts.runner, None
            elif entry is not before:
                outcomes.append(run(self.machines, self.catalog, entry, batch, position, len(outcomes)))
                before, again = entry, None
            else:
                again = again or repeating(run, self.machines, self.catalog, entry, batch, position)
                outcomes.append(again(len(outcomes)))
        self.position = position + batch.span
        self._rehearsed, self._went_back = None, []
        return outcomes

    def begin_batch(self, start: int, batch: Entries) -> None:
        """Do what the time of a batch at a position brings about, before its first entry."""
        self.time_us = batch.time_us
        self.rollouts.begin_batch(start, batch)

    def apply_one(self, entry: Entry, batch: Entries, start: int, index: int) -> Outcome:
        """Apply an entry, which is that of an index in the batch at a position."""
        match entry:
            case Input(idempotency=None):
                return self.rollouts.runner(self.machines, self.catalog, entry, batch, start, index)
            case Input():
                return run_once(self.rollouts.runner, self.machines, self.catalog, entry, batch, start, index)
            case Deploy():
                return self._deploy(start + index, entry)
            case entries.Upgrade():
                return self._upgrade(start + index, start, entry)
            case Rollback():
                return self._answers.once(entry.id, entry.asked, lambda: self._go_back(start + index, entry))
            case entries.ReleaseRollback():
                return self._answers.once(entry.id, entry.asked, lambda: self._take_back(start + index, entry))
            case Steer():
                return self._answers.once(entry.id, entry.asked, lambda: self._steered(start + index, entry))
            case Setting():
                return self._set(start + index, entry)
            case entries.Release():
                return self._release(start + index, start, entry)
            case Restore():
                return self._restore(entry)
            case Retirement():
                self.generation += 1
                return retire(self.catalog, self.machines, entry, start + index, self.time_us)
            case entries.Deletion():
                return delete(self.machines, entry, start + index)
            case _:
                assert_never(entry)

    def _deploy(self, position: int, entry: Deploy) -> Deployed | Void:
        try:
            loaded = self.check_deployment(entry.program)
        except Rejected as error:
            return Void(str(error))
        if loaded.name not in self.machines:
            loaded = self.catalog.keep(loaded)
            machine = self.machines[loaded.name] = Machine(loaded.name, loaded)
            machine.history.append(HistoryRecord(position, self.time_us, "deploy", "", loaded.id, "deployed", 0))
            self.generation += 1
        return Deployed(loaded.name, loaded.id)

    def _upgrade(self, position: int, start: int, entry: entries.Upgrade) -> Change:
        try:
            upgrade = decode_upgrade(entry.upgrade)
        except Rejected as error:
            return Void(str(error))
        return self._answers.once(
            upgrade.id, entry.upgrade, lambda: self._decide(position, start, upgrade, entry.upgrade)
        )

    def _decide(self, position: int, start: int, upgrade: Upgrade, data: bytes) -> Upgraded | Void:
        try:
            checked = self._check(position, upgrade, data)
        except Rejected as error:
            return self._void(position, upgrade.machine, "upgrade", error)
        machine, before = checked.machine, checked.before.id
        after = apply_upgrade(checked, self.catalog, position, start)
        if upgrade.rollout is None:
            self._programs_changed()
            migrated, said = checked.migrated, "upgraded"
        else:
            migrated, said = self.rollouts.start(self.catalog, checked, after, upgrade.rollout, upgrade.id, position)
        machine.history.append(HistoryRecord(position, self.time_us, "upgrade", before, after.id, said, migrated))
        return Upgraded(machine.name, before, after.id, migrated, position)

    def _release(self, position: int, start: int, entry: entries.Release) -> Change:
        try:
            release = decode_release(entry.release)
        except Rejected as error:
            return Void(str(error))
        return self._answers.once(release.id, entry.release, lambda: self._make(position, start, release))

    def _make(self, position: int, start: int, release: Release) -> Released | Void:
        try:
            checked = check_release(self.catalog, self.machines, release, at_once=self.at_once)
        except Rejected as error:
            return Void(str(error))
        self._programs_changed()
        return apply_release(checked, self.catalog, self.machines, self.time_us, position, start)

    def _go_back(self, position: int, entry: Rollback) -> RolledBack | Void:
        try:
            checked = self._check_rollback(position, entry.machine, entry.undone, entry.way, entry.machine_only)
        except Rejected as error:
            return self._void(position, entry.machine, "rollback", error)
        if checked.machine.rollout is not None:
            self.rollouts.go_back(checked.machine.rollout)
        else:
            checked.apply()
            self._programs_changed()
        return checked.recorded(position, self.time_us)

    def _take_back(self, position: int, entry: entries.ReleaseRollback) -> TakenBack | Void:
        try:
            check = partial(self._states_before, position)
            checked = check_release_rollback(self.machines, entry.release, dict(entry.ways), check)
        except Rejected as error:
            return Void(str(error))
        self._programs_changed()
        return checked.apply(position, self.time_us)

    def _steered(self, position: int, entry: Steer) -> Steered | Void:
        try:
            return self.rollouts.steer(self.check_steering(entry), position)
        except Rejected as error:
            return self._void(position, entry.machine, "rollout", error)

    def _void(self, position: int, name: str, kind: str, error: Rejected) -> Void:
        """What did not happen, and a record of it where there is such a machine."""
        if (machine := self.machines.get(name)) is not None:
            now, outcome = machine.loaded.id, f"{VOID}{error}"
            machine.history.append(HistoryRecord(position, self.time_us, kind, now, now, outcome, 0))
        return Void(str(error))

    def _programs_changed(self) -> None:
        self.generation += 1
        self.is_behind = True

    def _set(self, position: int, entry: Setting) -> Set | Void:
        try:
            return change_setting(self.machine(entry.machine), entry, position, self.time_us)
        except Rejected as error:
            return Void(str(error))

    def _restore(self, entry: Restore) -> Restored:
        if self.position != 0 or self.machines:
            raise Rejected("the journal restores a state where it does not begin: it was not written by Camshaft")
        self.stand_on(begun(entry.snapshot, self.catalog, entry.positions - 1))
        return Restored(sum(machine.count for machine in self.machines.values()))

    # ---- checks before an entry is journaled -----------------------------------------------------------------------

    def check_deployment(self, program: bytes) -> Loaded:
        """The program of a deployment, whose machine is new here or runs it already. Raises `Rejected` otherwise."""
        loaded = self.catalog.load(program)
        machine = self.machines.get(loaded.name)
        if machine is not None and machine.loaded.id != loaded.id:
            runs, other = machine.loaded.id[:12], loaded.id[:12]
            raise rejection(f"{loaded.name} runs already (program {runs}): an upgrade replaces it by {other}")
        return loaded

    def check_release(self, data: bytes) -> CheckedRelease:
        """Check a release against the present state. Raises `Rejected`."""
        return check_release(self.catalog, self.machines, decode_release(data), at_once=self.at_once)

    def check_steering(self, entry: Steer) -> CheckedSteering:
        """Check what is to be done about a rollout, against the present state. Raises `Rejected` with what is wrong."""
        return self.rollouts.check(self.machine(entry.machine), entry.upgrade, entry.action, entry.share)

    def check_upgrade(self, data: bytes) -> CheckedUpgrade:
        """Check an upgrade's bytes, and rehearse it, against the present state.

        What was rehearsed is kept until the next batch: where nothing came in between, the fold uses it. Raises
        `Rejected`. Where the upgrade was decided before, ask `answer` first.
        """
        checked = self._check(self.position, decode_upgrade(data), data)
        self._rehearsed = (self.position, data, checked)
        return checked

    def _check(self, position: int, upgrade: Upgrade, data: bytes) -> CheckedUpgrade:
        kept = self._rehearsed
        # A rehearsal is a function of the state, and the position names the state: one at the same position is this.
        if kept is not None and kept[0] == position and kept[1] == data:
            return kept[2]
        return check_upgrade(self.catalog, self.machines, upgrade, at_once=self.at_once)

    def check_rollback(
        self, machine: str, undone: int | None = None, way: str | None = None, machine_only: bool = False
    ) -> CheckedRollback:
        """Check a rollback against the present state, and compute the states to go back to.

        None is the last upgrade in force, wherever it stands, and the first way that is open. Raises `Rejected`.
        """
        checked = self._check_rollback(self.position, machine, undone, way, machine_only)
        self._went_back = [(self.position, checked)]
        return checked

    def check_release_rollback(self, named: str, ways: Mapping[str, str] | str | None) -> CheckedReleaseRollback:
        """Check the rollback of a release against the present state; see there. Raises `Rejected`."""
        checked = check_release_rollback(self.machines, named, ways, partial(self._states_before, self.position))
        self._went_back = [(self.position, each) for each in checked.members]
        return checked

    def _check_rollback(
        self, position: int, name: str, undone: int | None, way: str | None, machine_only: bool
    ) -> CheckedRollback:
        machine = self.machine(name)
        last = undoable_of(machine, undone, machine_only)
        return self._states_before(position, machine, last, chosen_way(machine, last, way))

    def _states_before(self, position: int, machine: Machine, last: Undoable, way: str) -> CheckedRollback:
        for at, kept in self._went_back:
            if at == position and (kept.undoable, kept.way) == (last, way):
                return kept
        return check_rollback(self.catalog, machine, last, way, self.past, position, at_once=self.at_once)

    def answer(self, id_: str, asked: bytes) -> Change | None:
        """What was decided about the change of this id; see `Answers.answer`."""
        return self._answers.answer(id_, asked)

    def advance(self) -> bool:
        """Migrate a little of what was put off; whether there may be more. Nobody can tell, but by the time it takes:
        well under a millisecond, unless an instance is large in a way that cannot be divided.
        """
        if self.is_behind and not any(machine.advance() for machine in self.machines.values()):
            self.is_behind = False
        return self.is_behind

    @property
    def standing(self) -> Standing:
        """What this engine stands on, for a snapshot. It goes on changing with the engine."""
        return Standing(self.machines, self._answers, self.time_us)

    def stand_on(self, standing: Standing) -> None:
        """Go on from what a snapshot holds, whose programs are in this engine's catalog."""
        self.machines, self._answers, self.time_us = standing.machines, standing.answers, standing.time_us
        self._programs_changed()

    # ---- questions -------------------------------------------------------------------------------------------------

    def prepare(self, address: Address, method: str, interface: str | None = None) -> Prepared:
        """The method that a call of this address means now, to a client of an interface (None: what runs).

        Raises `Rejected` where there is none, `Stale` where clients of that interface are not served it.
        """
        machine = self.machine(address.machine)
        loaded = machine.program_of(address.key)
        if interface is not None:
            loaded = self.serving(machine, loaded, interface, method)
        prepared = loaded.public.get(method)
        if prepared is None:
            raise Rejected(f"{machine.name} has no method {method[:100]!r}; it has {', '.join(sorted(loaded.public))}")
        return prepared

    def serving(self, machine: Machine, loaded: Loaded, interface: str, method: str) -> Loaded:
        """What runs a method for clients of an interface, on instances of a program. Raises `Stale` where none does."""
        found = loaded if interface == loaded.id else served(machine, self.catalog, loaded, interface, method)
        if isinstance(found, str):
            raise Stale(found)
        return found

    def query(
        self,
        address: Address,
        method: str,
        arguments: tuple[Any, ...],
        when: When | None = None,
        interface: str | None = None,
    ) -> Returned | RefusedBy | Trapped | StaleInput:
        """Run a query on the present state; see `run_query`, and `prepare` for the interface and the errors."""
        prepared = self.prepare(address, method, interface)
        return run_query(self.machines[address.machine], address.key, prepared, arguments, self.time_us, when)

    def machine(self, name: str) -> Machine:
        """The machine of a name. Raises `Rejected` where this node runs none."""
        machine = self.machines.get(name)
        if machine is None:
            raise Rejected(f"there is no machine {name[:100]}{known(self.machines)}")
        return machine

    def state(self, address: Address) -> tuple[Type, Any]:
        """The type and the value of an instance's state, the initial one where it does not exist.

        The value is good until the next entry is applied: its containers are the instance's own.
        """
        return state_of(self.machine(address.machine), address.key)

    def history(self, machine: str) -> list[HistoryRecord]:
        """Every change of a machine's program, oldest first. Raises `Rejected` where there is no such machine."""
        return list(self.machine(machine).history)
