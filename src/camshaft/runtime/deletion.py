"""Deleting an instance: it is gone, and the next input for its key begins from the initial state.

What is kept for going back before an upgrade keeps it, since it was there then: a rollback by replay comes to the
deletion once more, one by downgrade leaves it deleted. During a rollout the old version beside it goes too.
"""

from __future__ import annotations

from camshaft.runtime.entries import Deletion
from camshaft.runtime.instances import Machine
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import Deleted, Void
from camshaft.values.address import Address


def check_deletion(machine: Machine, key: str | None) -> None:
    """Raises `Rejected` where there is no such instance."""
    if not _is_there(machine, key):
        raise rejection(_missing(machine.name, key))


def delete(machines: dict[str, Machine], entry: Deletion, position: int) -> Deleted | Void:
    """Do what an entry at a position says, unless there is no such instance."""
    machine = machines.get(entry.machine)
    if machine is None:
        return Void(f"there is no machine {entry.machine}; nothing was changed")
    if not _is_there(machine, entry.key):
        return Void(f"{_missing(entry.machine, entry.key)}; nothing was changed")
    for undoable in machine.undoable:
        if undoable.kept is not None:
            undoable.kept.keep_order(machine.keys)
    machine.remove(entry.key)
    if machine.rollout is not None:
        machine.rollout.forget(entry.key)
    return Deleted(machine.name, entry.key, position)


def _is_there(machine: Machine, key: str | None) -> bool:
    # During a rollout, an input may have been one for the old version alone.
    return key in machine.keys or (machine.rollout is not None and key in machine.rollout.shadows.keys)


def _missing(machine: str, key: str | None) -> str:
    return f"there is no instance {Address(machine, key)}"
