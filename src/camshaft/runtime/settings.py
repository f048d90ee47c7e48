"""Settings of a machine: the units of fuel that one input of it may use, from a position of the journal on."""

from __future__ import annotations

from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.runtime.entries import Setting
from camshaft.runtime.instances import HistoryRecord, Machine
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import Set
from camshaft.runtime.replay import MAX_FUEL, is_fuel


def check_setting(fuel: int | None) -> None:
    """Raises `Rejected` where a machine may not be given this fuel; None: the default."""
    if not is_fuel(fuel):
        raise rejection(f"the fuel of an input is from 1 to {MAX_FUEL} units, not {fuel}")


def change_setting(machine: Machine, entry: Setting, position: int, time_us: int) -> Set:
    """Do what an entry at a position says. Raises `Rejected` where it may not be."""
    check_setting(entry.fuel)
    machine.fuel = DEFAULT_FUEL if entry.fuel is None else entry.fuel
    if machine.rollout is not None:
        machine.rollout.set_fuel()
    now = machine.loaded.id
    machine.history.append(HistoryRecord(position, time_us, "setting", now, now, f"fuel {machine.fuel}", 0))
    return Set(machine.name, machine.fuel, position)
