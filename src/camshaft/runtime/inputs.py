"""Running one input on the instance that it is for: what the fold does most, and a replay again.

An input runs under the program that its instance points to. One that refuses or traps has taken its changes back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from camshaft.bytecode.occasion import Draws, Occasion, entry_seed
from camshaft.errors import Fault, Refused, Trap
from camshaft.execution.whereabouts import whereabouts
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.entries import Entries, Input
from camshaft.runtime.facades import served
from camshaft.runtime.instances import Machine
from camshaft.runtime.outcomes import NOTHING, Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.runtime.retries import KNOWN_FOR_US, asked_by, first_of, reused

Runner: TypeAlias = Callable[[dict[str, Machine], Catalog, Input, Entries, int, int], Outcome]
"""`run_input`, or what does more than that."""


def run_input(
    machines: dict[str, Machine], catalog: Catalog, entry: Input, batch: Entries, start: int, index: int
) -> Outcome:
    """Run an input, which is the entry of this index in the batch that starts at a position, and tell what became of
    it."""
    machine = machines.get(entry.machine)
    if machine is None:
        return StaleInput(f"there is no machine {entry.machine}")
    instance = machine.instance(entry.key)
    loaded = machine.loaded if instance is None else instance.loaded
    runs = loaded
    if entry.interface != loaded.id:
        machine.used(entry.interface, batch.time_us, start + index)
        found = served(machine, catalog, loaded, entry.interface, entry.method)
        if isinstance(found, str):
            return StaleInput(found)
        runs = found
    prepared = runs.methods.get(entry.method)
    if prepared is None:
        return StaleInput(f"{entry.machine} has no method {entry.method}")
    arguments = entry.arguments
    if type(arguments) is list:
        arguments = prepared.arguments_of(arguments)
    cell = loaded.make_cell(loaded.initial) if instance is None else instance.cell_for(entry.method, runs)
    if machine.preparation is not None:
        machine.preparation.changed(entry.key)
    try:
        # mypy: the arguments, where they were a list, became a tuple.
        if prepared.asks_occasion:
            draws = Draws(entry_seed(batch.seed, index))
            occasion = Occasion(batch.time_us, entry.key or "", draws)
            result = runs.run_on(occasion, entry.method, arguments, cell, machine.fuel)  # type: ignore[arg-type]
        else:
            result = prepared.run(arguments, cell, machine.fuel)  # type: ignore[arg-type]
    except (Refused, Trap) as error:
        return failed(runs, error)
    if instance is None and not prepared.is_query:
        machine.add(entry.key, cell)
    # `Prepared.returned`, written out: a call takes a tenth of what all of this does.
    return NOTHING if prepared.returns_nothing else Returned(prepared.result, result)


def repeating(
    run: Runner, machines: dict[str, Machine], catalog: Catalog, entry: Input, batch: Entries, start: int
) -> Callable[[int], Outcome]:
    """What runs an input again, directly after it was run by `run`: the outcome by its index in the batch.

    Calls without arguments are one object for all that make them, so that many often come in a row. What `run_input`
    looks up is looked up once, where nothing but what changes programs could make it another.
    """
    machine = machines.get(entry.machine)
    instance = None if machine is None else machine.instance(entry.key)
    prepared = None if instance is None else instance.loaded.methods.get(entry.method)
    if (
        run is not run_input
        or machine is None
        or machine.preparation is not None
        or instance is None
        or instance.conversions is not None
        or instance.loaded.id != entry.interface
        or prepared is None
        or prepared.asks_occasion
    ):
        return partial(run, machines, catalog, entry, batch, start)
    loaded, step, cell, fuel = instance.loaded, prepared.run, instance.held, machine.fuel
    arguments = entry.arguments
    if type(arguments) is list:
        arguments = prepared.arguments_of(arguments)
    result_type = None if prepared.returns_nothing else prepared.result

    def again(_index: int) -> Outcome:
        try:
            result = step(arguments, cell, fuel)  # type: ignore[arg-type]  # it is no list
        except (Refused, Trap) as error:
            return failed(loaded, error)
        return NOTHING if result_type is None else Returned(result_type, result)

    return again


def run_once(
    run: Runner, machines: dict[str, Machine], catalog: Catalog, entry: Input, batch: Entries, start: int, index: int
) -> Outcome:
    """Run an input with a key by `run`, unless there was one with that key before: its outcome is this one's too.

    `start` is the position of the batch. See `retries` for how long a key is known.
    """
    machine, made_for = machines.get(entry.machine), catalog.programs.get(entry.interface)
    prepared = None if made_for is None else made_for.methods.get(entry.method)
    key = entry.idempotency
    if machine is None or prepared is None or key is None:
        return run(machines, catalog, entry, batch, start, index)  # nothing can come of it, however often it is tried
    arguments = entry.arguments
    if type(arguments) is list:
        arguments = prepared.arguments_of(arguments)
    # mypy: the arguments, where they were a list, became a tuple.
    asked = asked_by(entry, prepared.domain, arguments)  # type: ignore[arg-type]
    retries = machine.retries
    retries.forget_before(batch.time_us - KNOWN_FOR_US)
    first = retries.get(key)
    if first is None:
        outcome = run(machines, catalog, entry, batch, start, index)
        retries.remember(key, first_of(asked, entry, batch.time_us, outcome))
        return outcome
    if machine.undoable:
        retries.positions.append(start + index)
    return first.answer() if first.is_of(asked) else StaleInput(reused(key, first))


def failed(loaded: Loaded, error: Refused | Trap) -> RefusedBy | Trapped | StaleInput:
    """The outcome of a step of a program that refused or trapped."""
    where = whereabouts(error, loaded.verified.lines)
    if isinstance(error, Trap):
        return Trapped(error.kind, str(error), where)
    if error.name in loaded.untold:
        return StaleInput(
            f"{loaded.name} refused with {loaded.untold[error.name]}, which the version that the input was made for, "
            f"{loaded.id[:12]}, does not know; nothing was changed"
        )
    refusal = loaded.verified.program.refusal(error.name)
    if refusal is None:
        raise Fault(f"{loaded.name} refused with {error.name}, which it does not declare")
    return RefusedBy(error.name, refusal.payload, error.payload, where)
