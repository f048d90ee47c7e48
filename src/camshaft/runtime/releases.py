"""Checking and making a release: all of its upgrades and deployments at one position, or none of them.

As with an upgrade, the same check runs before a release is journaled and in the fold that decides on it. All members
are checked against the one state before any is applied, so that applying them afterwards cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from camshaft.bytecode.release import Release
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.instances import HistoryRecord, Machine
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import Member, Released
from camshaft.runtime.upgrade import CheckedUpgrade, apply_upgrade, check_upgrade

_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class CheckedRelease:
    """A release that may be made in the state that it was checked in."""

    release: Release
    deployments: list[Loaded]
    upgrades: list[CheckedUpgrade]


def check_release(
    catalog: Catalog, machines: dict[str, Machine], release: Release, *, at_once: bool = False
) -> CheckedRelease:
    """Check all members of a release against what runs, and what it requires to run then.

    Raises `Rejected` with the first thing that is wrong, and with which machine; nothing has changed then.
    """
    deployments = [_new_machine(catalog, machines, program) for program in release.programs]
    names = [loaded.name for loaded in deployments]
    for name in names:
        if names.count(name) > 1:
            raise rejection(f"the release deploys {name} twice")
    upgrades = []
    for upgrade in release.decoded:
        with of_member(upgrade.machine):
            upgrades.append(check_upgrade(catalog, machines, upgrade, at_once=at_once))
    then = {name: machine.loaded for name, machine in machines.items()}
    then |= {loaded.name: loaded for loaded in deployments}
    then |= {checked.machine.name: checked.after for checked in upgrades}
    for name, expected in release.requires:
        running = then.get(name)
        if running is None or not running.is_named_by(expected):
            runs = "does not run here" if running is None else f"would run {running.id[:_SHORT]}"
            raise rejection(f"the release requires {name} to run {expected[:_SHORT]}, and it {runs}")
    return CheckedRelease(release, deployments, upgrades)


@contextmanager
def of_member(machine: str) -> Iterator[None]:
    """What is rejected of an upgrade of a machine, as it is said of one that is part of a release."""
    try:
        yield
    except Rejected as error:
        rejected = Rejected(f"{machine}, which the release would upgrade: {error}")
        rejected.where = error.where
        raise rejected from error


def _new_machine(catalog: Catalog, machines: dict[str, Machine], program: bytes) -> Loaded:
    loaded = catalog.load(program)
    if loaded.name in machines:
        raise rejection(f"the release deploys {loaded.name}, and it runs here already: upgrade it")
    return loaded


def apply_release(
    checked: CheckedRelease, catalog: Catalog, machines: dict[str, Machine], time_us: int, position: int, batch: int
) -> Released:
    """Make a release that was checked, at a position and in the batch that begins at another."""
    id_ = checked.release.id
    said = f"in release {id_[:_SHORT]}"
    members: list[Member] = []
    for one in checked.deployments:
        loaded = catalog.keep(one)
        machine = machines[loaded.name] = Machine(loaded.name, loaded)
        machine.history.append(HistoryRecord(position, time_us, "deploy", "", loaded.id, f"deployed {said}", 0))
        members.append(Member(loaded.name, "", loaded.id, 0))
    for each in checked.upgrades:
        machine, before, count = each.machine, each.before.id, each.migrated
        after = apply_upgrade(each, catalog, position, batch, id_)
        machine.history.append(HistoryRecord(position, time_us, "upgrade", before, after.id, f"upgraded {said}", count))
        members.append(Member(machine.name, before, after.id, count))
    return Released(id_, members, position)
