"""The engine: a fold over the journal.

Rule: nothing in this file reads a clock, a file or a socket. Time and randomness arrive in the batch, and nothing but
an entry changes what is here, so that the state is a function of the journal alone, on every node and for ever.

An entry runs under the program in force at its position. Steps change the containers of a state in place; one that
refuses or traps has taken its changes back. What leaves here is a copy, or is read before the next step.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final, assert_never

from camshaft.bytecode.occasion import Draws, Occasion, entry_seed
from camshaft.bytecode.upgrade import Upgrade, decode_upgrade
from camshaft.errors import Fault, Refused, Rejected, Trap
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.execution.whereabouts import whereabouts
from camshaft.runtime import entries
from camshaft.runtime.catalog import Catalog, Loaded, Prepared
from camshaft.runtime.entries import Deploy, Entries, Input, Setting
from camshaft.runtime.instances import HistoryRecord, Instance, Machine
from camshaft.runtime.interfaces import misfit
from camshaft.runtime.outcomes import (
    Deployed,
    Outcome,
    RefusedBy,
    Returned,
    Set,
    StaleInput,
    Trapped,
    Upgraded,
    Void,
)
from camshaft.runtime.upgrade import CheckedUpgrade, check_upgrade, known, rejection
from camshaft.values.address import Address
from camshaft.values.types import Type

MAX_FUEL: Final = 2**40
"""The most units that an input may be given: hours of work, and far from where counting would overflow anywhere."""


class Engine:
    """The state of a node: machines, instances, and the programs they run under."""

    __slots__ = ("_answers", "_rehearsed", "catalog", "generation", "machines", "position", "time_us")

    def __init__(self) -> None:
        self.position = 0
        """The position of the next entry: how many were applied."""
        self.time_us = 0
        """When the last batch was written, in microseconds since 1970, UTC."""
        self.generation = 0
        """Counts changes of programs: what somebody keeps of `prepare` is good for one generation."""
        self.catalog = Catalog()
        self.machines: dict[str, Machine] = {}
        self._answers: dict[str, tuple[bytes, Upgraded | Void]] = {}
        self._rehearsed: tuple[int, bytes, CheckedUpgrade] | None = None

    # ---- the fold --------------------------------------------------------------------------------------------------

    def apply(self, position: int, batch: Entries) -> list[Outcome]:
        """Apply a batch of the journal, and tell what became of each entry.

        Raises `Fault` where the batch is not the next one.
        """
        if position != self.position:
            raise Fault(f"a batch at position {position} was to be applied at position {self.position}")
        self.time_us = batch.time_us
        outcomes: list[Outcome] = []
        for entry in batch.entries:
            match entry:
                case Input():
                    outcomes.append(self._step(entry, batch, outcomes))
                case Deploy():
                    outcomes.append(self._deploy(position + len(outcomes), entry))
                case entries.Upgrade():
                    outcomes.append(self._upgrade(position + len(outcomes), entry))
                case Setting():
                    outcomes.append(self._set(position + len(outcomes), entry))
                case _:
                    assert_never(entry)
        self.position = position + len(outcomes)
        self._rehearsed = None
        return outcomes

    def _step(self, entry: Input, batch: Entries, before: list[Outcome]) -> Outcome:
        """Run an input; `before` has the outcomes of the entries before it in its batch."""
        machine = self.machines.get(entry.machine)
        if machine is None:
            return StaleInput(f"there is no machine {entry.machine}")
        instance = machine.instances.get(entry.key)
        loaded = machine.loaded if instance is None else instance.loaded
        if entry.interface != loaded.id:
            reason = self._misfit(entry, loaded)
            if reason is not None:
                return StaleInput(reason)
        prepared = loaded.methods.get(entry.method)
        if prepared is None:
            return StaleInput(f"{entry.machine} has no method {entry.method}")
        arguments = entry.arguments
        if type(arguments) is list:
            arguments = prepared.arguments_of(arguments)
        cell = loaded.make_cell(loaded.initial) if instance is None else instance.cell
        try:
            # mypy: the arguments, where they were a list, became a tuple.
            if prepared.asks_occasion:
                draws = Draws(entry_seed(batch.seed, len(before)))
                occasion = Occasion(batch.time_us, entry.key or "", draws)
                result = loaded.run_on(occasion, entry.method, arguments, cell, machine.fuel)  # type: ignore[arg-type]
            else:
                result = loaded.run(entry.method, arguments, cell, machine.fuel)  # type: ignore[arg-type]
        except (Refused, Trap) as error:
            return _failed(loaded, error)
        if instance is None and not prepared.is_query:
            machine.instances[entry.key] = Instance(loaded, cell)
        return prepared.returned(result)

    def _misfit(self, entry: Input, loaded: Loaded) -> str | None:
        made_for = self.catalog.programs.get(entry.interface)
        if made_for is None:
            return f"the input was made for program {entry.interface[:12]}, which never ran here"
        return misfit(made_for, loaded, entry.method)

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

    def _upgrade(self, position: int, entry: entries.Upgrade) -> Upgraded | Void:
        try:
            upgrade = decode_upgrade(entry.upgrade)
            answer = self.answer(upgrade.id, entry.upgrade)
        except Rejected as error:
            return Void(str(error))
        if answer is None:
            answer = self._decide(position, upgrade, entry.upgrade)
            self._answers[upgrade.id] = hashlib.sha256(entry.upgrade).digest(), answer
        return answer

    def _decide(self, position: int, upgrade: Upgrade, data: bytes) -> Upgraded | Void:
        machine = self.machines.get(upgrade.machine)
        try:
            checked = self._check(position, upgrade, data)
        except Rejected as error:
            if machine is not None:
                before = machine.loaded.id
                outcome = f"void: {error}"
                machine.history.append(HistoryRecord(position, self.time_us, "upgrade", before, before, outcome, 0))
            return Void(str(error))
        machine, before, after = checked.machine, checked.before.id, self.catalog.keep(checked.after)
        instances = machine.instances.values()
        if checked.states is not None:
            for instance, state in zip(instances, checked.states, strict=True):
                instance.cell = after.make_cell(state)
        for instance in instances:
            instance.loaded = after
        machine.loaded = after
        self.generation += 1
        migrated = checked.migrated
        record = HistoryRecord(position, self.time_us, "upgrade", before, after.id, "upgraded", migrated)
        machine.history.append(record)
        return Upgraded(machine.name, before, after.id, migrated, position)

    def _set(self, position: int, entry: Setting) -> Set | Void:
        try:
            machine = self.check_setting(entry.machine, entry.fuel)
        except Rejected as error:
            return Void(str(error))
        machine.fuel = DEFAULT_FUEL if entry.fuel is None else entry.fuel
        now = machine.loaded.id
        machine.history.append(HistoryRecord(position, self.time_us, "setting", now, now, f"fuel {machine.fuel}", 0))
        return Set(machine.name, machine.fuel, position)

    # ---- checks before an entry is journaled -----------------------------------------------------------------------

    def check_deployment(self, program: bytes) -> Loaded:
        """The program of a deployment that would be accepted: its machine is new here, or runs it already.

        Raises `Rejected` where the program is not acceptable or the machine runs another one.
        """
        loaded = self.catalog.load(program)
        machine = self.machines.get(loaded.name)
        if machine is not None and machine.loaded.id != loaded.id:
            raise rejection(
                f"{loaded.name} runs already (program {machine.loaded.id[:12]}): an upgrade replaces it by "
                f"{loaded.id[:12]}"
            )
        return loaded

    def check_setting(self, name: str, fuel: int | None) -> Machine:
        """The machine whose fuel may be set so. Raises `Rejected` where it may not."""
        machine = self.machine(name)
        if fuel is not None and not 0 < fuel <= MAX_FUEL:
            raise rejection(f"the fuel of an input is from 1 to {MAX_FUEL} units, not {fuel}")
        return machine

    def check_upgrade(self, data: bytes) -> CheckedUpgrade:
        """Check an upgrade's bytes, and rehearse it, against the present state.

        What was rehearsed is kept until the next batch: where nothing came in between, the fold uses it. Raises
        `Rejected` with what is wrong. Where the upgrade was decided before, ask `answer` first.
        """
        upgrade = decode_upgrade(data)
        checked = self._check(self.position, upgrade, data)
        self._rehearsed = (self.position, data, checked)
        return checked

    def _check(self, position: int, upgrade: Upgrade, data: bytes) -> CheckedUpgrade:
        kept = self._rehearsed
        # A rehearsal is a function of the state, and the position names the state: one at the same position is this.
        if kept is not None and kept[0] == position and kept[1] == data:
            return kept[2]
        return check_upgrade(self.catalog, self.machines, upgrade)

    def answer(self, upgrade_id: str, data: bytes) -> Upgraded | Void | None:
        """What was decided about the upgrade of this id, or None where it is new.

        Raises `Rejected` where the id was used for other bytes: that is no retry.
        """
        found = self._answers.get(upgrade_id)
        if found is None:
            return None
        digest, answer = found
        if digest != hashlib.sha256(data).digest():
            raise rejection(f"another upgrade had the id {upgrade_id}: each upgrade needs an id of its own")
        return answer

    # ---- questions -------------------------------------------------------------------------------------------------

    def prepare(self, address: Address, method: str) -> Prepared:
        """The method that a call of this address means now. Raises `Rejected` where there is none."""
        machine = self.machine(address.machine)
        instance = machine.instances.get(address.key)
        loaded = machine.loaded if instance is None else instance.loaded
        prepared = loaded.methods.get(method)
        if prepared is None:
            raise Rejected(f"{machine.name} has no method {method[:100]!r}; it has {', '.join(sorted(loaded.methods))}")
        return prepared

    def query(
        self,
        address: Address,
        method: str,
        arguments: tuple[Any, ...],
        when: Callable[[], tuple[int, bytes]] | None = None,
    ) -> Returned | RefusedBy | Trapped:
        """Run a query on the present state; an instance that does not exist is in its initial state and stays absent.

        `arguments` is a value of the method's domain. `when` gives the time in microseconds and a seed: it is called
        where the query asks for its occasion. Raises `Rejected` where there is no such query.
        """
        prepared = self.prepare(address, method)
        if not prepared.is_query:
            raise Rejected(f"{address.machine}.{method} is a command: it may change the state and has to be journaled")
        loaded = prepared.loaded
        machine = self.machines[address.machine]
        instance = machine.instances.get(address.key)
        try:
            cell = loaded.make_cell(loaded.initial) if instance is None else instance.cell
            if prepared.asks_occasion:
                occasion = self._occasion_of_query(address, when)
                result = loaded.run_on(occasion, method, arguments, cell, machine.fuel)
            else:
                result = loaded.run(method, arguments, cell, machine.fuel)
        except (Refused, Trap) as error:
            return _failed(loaded, error)
        return prepared.returned(result)

    def _occasion_of_query(self, address: Address, when: Callable[[], tuple[int, bytes]] | None) -> Occasion:
        if when is None:
            raise Fault(f"a query of {address} asks for its occasion, and whoever runs it gave none")
        time_us, seed = when()
        # A query sees what the last batch wrote: it does not happen before that.
        return Occasion(max(time_us, self.time_us), address.key or "", Draws(seed))

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
        machine = self.machine(address.machine)
        instance = machine.instances.get(address.key)
        if instance is None:
            return machine.loaded.state_type, machine.loaded.initial
        return instance.loaded.state_type, instance.state

    def instances(self, machine: str, cursor: int = 0, count: int = 1000) -> tuple[int, list[Address]]:
        """A page of a machine's instances; see `Machine.page`. Raises `Rejected` where there is no such machine."""
        return self.machine(machine).page(cursor, count)

    def history(self, machine: str) -> list[HistoryRecord]:
        """Every change of a machine's program, oldest first. Raises `Rejected` where there is no such machine."""
        return list(self.machine(machine).history)


def _failed(loaded: Loaded, error: Refused | Trap) -> RefusedBy | Trapped:
    where = whereabouts(error, loaded.verified.lines)
    if isinstance(error, Trap):
        return Trapped(error.kind, str(error), where)
    refusal = loaded.verified.program.refusal(error.name)
    if refusal is None:
        raise Fault(f"{loaded.name} refused with {error.name}, which it does not declare")
    return RefusedBy(error.name, refusal.payload, error.payload, where)
