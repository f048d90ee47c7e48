"""Retiring an interface: clients of a version are no longer served, from a position of the journal on.

Adapters go on to serve a version for as long as the machine runs. Whether anybody still needs that, only a person can
say; saying it is an entry, so that a replay refuses the same inputs. It can be taken back by another one.
"""

from __future__ import annotations

from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.entries import Retirement
from camshaft.runtime.instances import HistoryRecord, Machine
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import Retired, Void


def check_retirement(catalog: Catalog, machine: Machine, interface: str, *, retired: bool) -> None:
    """Raises `Rejected` where an interface, the id of a program, cannot be retired, or be served again."""
    version = catalog.programs.get(interface)
    if version is None or version.name != machine.name:
        raise rejection(f"no version {interface[:12]} of {machine.name} ever ran here")
    if version is machine.loaded or (machine.rollout is not None and version is machine.rollout.after):
        raise rejection(f"{machine.name} runs {interface[:12]}: what runs cannot be retired")
    since = machine.retired.get(interface)
    if retired and since is not None:
        raise rejection(f"{interface[:12]} of {machine.name} is retired already, since position {since}")
    if not retired and since is None:
        raise rejection(f"{interface[:12]} of {machine.name} is not retired")


def retire(
    catalog: Catalog, machines: dict[str, Machine], entry: Retirement, position: int, time_us: int
) -> Retired | Void:
    """Do what an entry at a position says, unless it may not be."""
    machine = machines.get(entry.machine)
    if machine is None:
        return Void(f"there is no machine {entry.machine}; nothing was changed")
    try:
        check_retirement(catalog, machine, entry.interface, retired=entry.retired)
    except Rejected as error:
        return Void(str(error))
    if entry.retired:
        machine.retired[entry.interface] = position
    else:
        del machine.retired[entry.interface]
    now = machine.loaded.id
    outcome = f"{entry.interface[:12]} {'retired' if entry.retired else 'served again'}"
    machine.history.append(HistoryRecord(position, time_us, "retirement", now, now, outcome, 0))
    return Retired(machine.name, entry.interface, entry.retired, position)
