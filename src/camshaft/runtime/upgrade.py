"""Checking an upgrade: everything that can be wrong with one, found before anything changes.

The same check runs before an upgrade is journaled and in the fold that decides on it: it is a function of the
upgrade and of the engine's state, and reads nothing else. It computes the migrated state of every instance and
replaces none, so that applying an upgrade afterwards cannot fail.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from camshaft.bytecode.upgrade import Upgrade
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.instances import Machine
from camshaft.runtime.invariants import check_states
from camshaft.runtime.migration import Migration, rejection
from camshaft.runtime.passing import Step, checked_steps
from camshaft.runtime.preparation import Preparation
from camshaft.runtime.undoable import Kept, Undoable
from camshaft.values.type_words import show
from camshaft.values.types import Record, Type

UNEXPECTED_VERSION: Final = "the version running isn't the one the upgrade expects; nothing was changed"
"""How the message begins where another program runs than the upgrade expects."""


@dataclass(frozen=True, slots=True)
class CheckedUpgrade:
    """An upgrade that may be applied to the states it was checked on, whose migrated counterparts it holds."""

    machine: Machine
    before: Loaded
    after: Loaded
    code: Migration | None
    """The migration that it brings; without one every state stays as it is."""
    downgrade: Migration | None
    """The code for the way back, where it brings one."""
    rolled_out: bool
    """Whether it comes to one instance after the other, each with the old version beside it."""
    steps: tuple[Step, ...]
    """The versions that it leads through, with the adapters for their clients; the first is the one before."""
    states: list[Any] | None = None
    """The new state of each instance, in the order of the machine's table; None where they stay as they are, and where
    each instance is migrated when it is needed: the upgrade cannot fail on any, or was prepared."""
    prepared: dict[str | None, Any] | None = None
    """The new state of each instance by key, where they were worked out beforehand."""

    @property
    def can_fail(self) -> bool:
        """Whether it may fail on a state: by its migration, or by an invariant of the new version. A rollout runs both
        versions on whole states, and needs them too."""
        code = self.code
        return bool((code is not None and not code.cannot_fail) or self.after.invariants or self.rolled_out)

    @property
    def migration(self) -> bool:
        """Whether it brings a migration."""
        return self.code is not None

    @property
    def instances(self) -> int:
        """How many instances change over."""
        return self.machine.count

    @property
    def migrated(self) -> int:
        """How many instances get a new state."""
        return 0 if self.code is None else self.machine.count

    @property
    def state_changed(self) -> bool:
        """Whether the state has another type than before."""
        return self.before.state_type is not self.after.state_type


def check_upgrade(
    catalog: Catalog, machines: dict[str, Machine], upgrade: Upgrade, *, at_once: bool = False
) -> CheckedUpgrade:
    """Check an upgrade against what runs, and rehearse its migration on the state of every instance.

    One that cannot fail needs no rehearsal, unless everything is to be done `at_once`; of one that was prepared, the
    migration runs on the instances that have changed since.

    Raises `Rejected` with the first thing that is wrong; nothing has changed then.
    """
    checked = check_code(catalog, machines, upgrade)
    machine, after, migration = checked.machine, checked.after, checked.code
    if not (at_once or checked.can_fail):
        return checked
    prepared = machine.preparation
    if prepared is not None and prepared.is_for(upgrade):
        with contextlib.suppress(Rejected):  # below, the instance that is named is the first one, for all who look
            prepared.complete()
            return replace(checked, prepared=prepared.states)
    states = None if migration is None else migration.of_all(machine.name, machine.states())
    if after.invariants:
        becoming = machine.states() if states is None else zip(machine.keys, states, strict=True)
        check_states(after, machine.name, becoming)
    return replace(checked, states=states)


def prepare(catalog: Catalog, machines: dict[str, Machine], upgrade: Upgrade) -> Preparation | None:
    """What works out the states that an upgrade would give; None where that is not to be done beforehand.

    Raises `Rejected` where something else is wrong with it.
    """
    checked = check_code(catalog, machines, upgrade)
    return Preparation(checked.machine, checked.after, checked.code, upgrade) if checked.can_fail else None


def check_code(catalog: Catalog, machines: dict[str, Machine], upgrade: Upgrade) -> CheckedUpgrade:
    """Check all of an upgrade that has nothing to do with states. Raises `Rejected` with what is wrong."""
    machine = machines.get(upgrade.machine)
    if machine is None:
        raise rejection(f"there is no machine {upgrade.machine} to upgrade{known(machines)}")
    if machine.rollout is not None:
        raise rejection(
            f"the upgrade of {machine.name} at position {machine.rollout.position} is still being rolled out: confirm "
            "it or roll it back first"
        )
    before = machine.loaded
    if not before.is_named_by(upgrade.expected):
        raise Rejected(f"{UNEXPECTED_VERSION} ({_versions(before, upgrade.expected)})")
    after = _load_program(catalog, upgrade)
    if after.id == before.id:
        raise rejection(f"{machine.name} runs this program already ({after.id[:12]})")
    if upgrade.rollout is not None:
        _check_methods(after, upgrade.rollout.different)
    old, new = before.state_type, after.state_type
    if upgrade.migration is None and old is not new:
        raise rejection(_missing_migration(old, new))
    migration = None if upgrade.migration is None else Migration(upgrade.migration, old, new)
    downgrade = None if upgrade.downgrade is None else Migration(upgrade.downgrade, new, old, "downgrade")
    try:
        steps = checked_steps(catalog, upgrade, before, after)
    except Rejected as error:
        raise rejection(str(error)) from error
    return CheckedUpgrade(machine, before, after, migration, downgrade, upgrade.rollout is not None, steps)


def apply_upgrade(checked: CheckedUpgrade, catalog: Catalog, position: int, batch: int, release: str = "") -> Loaded:
    """Keep what it takes to undo a checked upgrade, and apply it, unless it is rolled out; its program in the catalog.

    `position` is that of the upgrade in the journal, `batch` that of its batch, `release` the id of the one that it is
    part of.
    """
    machine, before, after = checked.machine, checked.before, catalog.keep(checked.after)
    for step in checked.steps[1:]:
        # One that is known already came in before.
        if step.version.id not in catalog.programs:
            machine.passed[step.version.id] = position
            catalog.keep(step.version)
    kept = Kept(before.state_type, machine.count) if checked.migration else None
    undoable = Undoable(
        position,
        batch,
        before,
        after,
        checked.migration,
        checked.downgrade,
        kept,
        machine.fuel,
        checked.steps,
        release,
    )
    machine.upgraded(undoable)
    if kept is not None and (checked.states is not None or checked.rolled_out):
        for key, state in machine.states():
            kept.add(key, state)
    if checked.rolled_out:
        return after
    if checked.prepared is not None and checked.code is not None:
        machine.move_on(after, checked.prepared, kept)
    elif checked.states is None:
        machine.move_on(after, checked.code, kept)
    else:
        machine.change_over(after, checked.states)
    return after


def known(machines: Iterable[str]) -> str:
    """The machines that there are, for the end of a sentence about one that is not among them."""
    names = sorted(machines)
    if not names:
        return " (this node runs no machine yet)"
    return f" (this node runs {', '.join(names[:10])}{', …' if len(names) > 10 else ''})"


def _versions(running: Loaded, expected: str) -> str:
    origin = f", origin {running.origin[:12]}" if running.origin else ""
    return f"{running.name} runs {running.id[:12]}{origin}; the upgrade expects {expected[:12]}"


def _load_program(catalog: Catalog, upgrade: Upgrade) -> Loaded:
    try:
        loaded = catalog.load(upgrade.program)
    except Rejected as error:
        raise rejection(f"the new program is not acceptable: {error}") from error
    if loaded.name != upgrade.machine:
        raise rejection(f"the new program is a {loaded.name}, but the upgrade is for {upgrade.machine}")
    return loaded


def _check_methods(after: Loaded, names: Iterable[str]) -> None:
    unknown = [name for name in names if name not in after.methods]
    if unknown:
        there = ", ".join(sorted(after.methods)[:20])
        raise rejection(f"the answers of {unknown[0][:100]} may differ, and there is no such method; there is {there}")


def _missing_migration(before: Type, after: Type) -> str:
    return (
        f"the state type changed, and the upgrade brings no migration: {_difference(before, after)}. Write a migration "
        "from the old state to the new one (one is derived where fields were only added, each with a default)"
    )


def _difference(before: Type, after: Type) -> str:
    if not isinstance(before, Record) or not isinstance(after, Record):
        return f"it was {show(before)} and is {show(after)}"
    old, new = dict(before.fields), dict(after.fields)
    parts = [
        _listed("added", [f"{label}: {show(type_)}" for label, type_ in new.items() if label not in old]),
        _listed("removed", [f"{label}: {show(type_)}" for label, type_ in old.items() if label not in new]),
        _listed(
            "changed",
            [
                f"{label}: {show(old[label])} to {show(type_)}"
                for label, type_ in new.items()
                if label in old and old[label] is not type_
            ],
        ),
    ]
    said = "; ".join(part for part in parts if part)
    return said or f"the order of the fields was {', '.join(old)} and is {', '.join(new)}"


def _listed(what: str, fields: list[str]) -> str:
    return f"{what} {', '.join(fields)}" if fields else ""
