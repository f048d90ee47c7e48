"""A machine as it would stand had an upgrade not happened: the states before it, and the inputs since.

Each input runs under the old program with the time and the random numbers of its own batch, and with the fuel that was
set at its position. One that the old program has no form of, that refuses or that traps, changes nothing.

Rule: nothing in this file reads a file. The past is given, as a reader of the journal that is being folded, so that
what a replay gives is a function of the journal alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from msgspec import Struct

from camshaft.errors import Fault
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.deletion import delete
from camshaft.runtime.entries import Deletion, Entries, Entry, Input, Setting
from camshaft.runtime.inputs import run_input
from camshaft.runtime.instances import Machine
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.undoable import Undoable

Past: TypeAlias = Callable[[int], Iterator[tuple[int, Entries]]]
"""The batches of the journal from the one at a position on, each with its position."""

MAX_FUEL: Final = 2**40
"""The most units that an input may be given: hours of work, and far from where counting would overflow anywhere."""


def no_past(_position: int) -> Iterator[tuple[int, Entries]]:
    """The past of an engine without a journal."""
    raise Fault("a rollback by replay reads the journal, and this engine was given none")


class Recorded(Struct, frozen=True, gc=False):
    """An entry of the journal: its position, the batch it is in, that batch's position, its index there."""

    position: int
    entry: Entry
    batch: Entries
    start: int
    index: int


def recorded_from(past: Past, undoable: Undoable, end: int) -> Iterator[Recorded]:
    """The entries from an upgrade on, itself the first, up to a position and without that."""
    return recorded_between(past, undoable.batch, undoable.position, end)


def recorded_between(past: Past, batch_position: int, begin: int, end: int) -> Iterator[Recorded]:
    """The entries from `begin` on and before `end`; a batch begins at `batch_position`, which is not after `begin`."""
    for start, batch in past(batch_position):
        for index, entry in enumerate(batch.entries):
            position = start + index
            if position >= end:
                return
            if position >= begin:
                yield Recorded(position, entry, batch, start, index)


class Replay:
    """A machine under its old program, which goes on from the states before an upgrade."""

    __slots__ = ("_catalog", "_machines", "_repeated", "machine")

    def __init__(self, catalog: Catalog, machine: Machine, undoable: Undoable) -> None:
        self._catalog = catalog
        self.machine = machine.as_before(undoable)
        self._machines = {machine.name: self.machine}
        self._repeated = frozenset(machine.retries.positions)

    def apply(self, recorded: Recorded) -> Outcome | None:
        """What becomes of an entry here: an outcome for an input of this machine that was run, None for all others."""
        match recorded.entry:
            case Input() as entry if entry.machine == self.machine.name and recorded.position not in self._repeated:
                batch, start, index = recorded.batch, recorded.start, recorded.index
                return run_input(self._machines, self._catalog, entry, batch, start, index)
            case Setting() as entry if entry.machine == self.machine.name and is_fuel(entry.fuel):
                self.machine.fuel = DEFAULT_FUEL if entry.fuel is None else entry.fuel
            case Deletion() as entry:
                delete(self._machines, entry, recorded.position)
        return None


def is_fuel(units: int | None) -> bool:
    """Whether a machine's inputs may be given so many units of fuel; None is the default."""
    return units is None or 0 < units <= MAX_FUEL
