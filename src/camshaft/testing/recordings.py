"""Inputs that were recorded: the part of a journal that `camshaft export` has written, for tests of an upgrade."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from camshaft.journal.slice import Slice
from camshaft.language.machine import Machine, check_machine
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.entries import Input
from camshaft.runtime.past import past_of
from camshaft.runtime.rehearsal import standing_at
from camshaft.runtime.replay import recorded_between
from camshaft.runtime.showing import arguments_shown
from camshaft.testing.calls import Step
from camshaft.testing.positions import Recording
from camshaft.values.address import Address


def recorded(slice_: str | Path, machine: type[Machine]) -> Recording:
    """The inputs of a machine in a slice, and the states that its instances were in before them.

    They begin where the slice does, or where the version began that runs at its end: the one that is upgraded.

    Raises:
        Rejected: the file is no slice, or damaged, or holds no such machine.
        TypeError: that is not a machine's class.
    """
    check_machine(machine)
    name = machine.__camshaft__.name
    with closing(Slice(Path(slice_))) as source:
        past = past_of(source)
        start = standing_at(past, name, 0, source.end)
        steps = []
        for one in recorded_between(past, start.position, start.position, source.end):
            entry = one.entry
            if isinstance(entry, Input) and entry.machine == name:
                shown = f"{_shown(start.catalog, entry)}  (position {one.position})"
                steps.append(Step(entry, one.batch.time_us, one.batch.seed, one.index, shown))
    return Recording(start, steps)


def _shown(catalog: Catalog, entry: Input) -> str:
    address = Address(entry.machine, entry.key)
    made_for = catalog.programs.get(entry.interface)
    prepared = None if made_for is None else made_for.methods.get(entry.method)
    if prepared is None:
        return f"{address} {entry.method}"
    arguments = entry.arguments
    if isinstance(arguments, list):
        arguments = prepared.arguments_of(arguments)
    return " ".join((str(address), entry.method, *arguments_shown(prepared.domain.fields, arguments)))
