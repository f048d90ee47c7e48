"""Checking an upgrade: everything that can be wrong with one, found before anything changes.

The same check runs before an upgrade is journaled and in the fold that decides on it: it is a function of the
upgrade and of the engine's state, and reads nothing else. It computes the migrated state of every instance and
replaces none, so that applying an upgrade afterwards cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.encoding import decode_program
from camshaft.bytecode.line_map import LineMap
from camshaft.bytecode.program import MethodKind, Program
from camshaft.bytecode.upgrade import MIGRATION_METHOD, Upgrade
from camshaft.bytecode.verifier import verify
from camshaft.errors import Refused, Rejected, Trap, note_where
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.execution.whereabouts import whereabouts
from camshaft.runtime.catalog import Catalog, Loaded, describe
from camshaft.runtime.instances import Machine
from camshaft.values.address import Address
from camshaft.values.check import weight
from camshaft.values.types import UNIT, Record, Type

UNEXPECTED_VERSION: Final = "the version running isn't the one the upgrade expects; nothing was changed"
"""How the message begins where another program runs than the upgrade expects."""

FUEL_PER_WEIGHT: Final = 100
"""What a migration may use for each unit of the state's `weight`, besides the fuel of an input.

Part of what a journal means: with another number, an old journal could fold to another state.
"""


@dataclass(frozen=True, slots=True)
class CheckedUpgrade:
    """An upgrade that may be applied to the states it was checked on, whose migrated counterparts it holds."""

    machine: Machine
    before: Loaded
    after: Loaded
    migration: bool
    """Whether it brings a migration; without one every state stays as it is."""
    states: list[Any] | None
    """The new state of each instance, in the order of the machine's table; None where they stay as they are."""

    @property
    def instances(self) -> int:
        """How many instances change over."""
        return len(self.machine.instances)

    @property
    def migrated(self) -> int:
        """How many instances get a new state."""
        return 0 if self.states is None else len(self.states)

    @property
    def state_changed(self) -> bool:
        """Whether the state has another type than before."""
        return self.before.state_type is not self.after.state_type


def check_upgrade(catalog: Catalog, machines: dict[str, Machine], upgrade: Upgrade) -> CheckedUpgrade:
    """Check an upgrade against what runs, and rehearse its migration on the state of every instance.

    Raises `Rejected` with the first thing that is wrong; nothing has changed then.
    """
    machine = machines.get(upgrade.machine)
    if machine is None:
        raise rejection(f"there is no machine {upgrade.machine} to upgrade{known(machines)}")
    before = machine.loaded
    if not before.is_named_by(upgrade.expected):
        raise Rejected(f"{UNEXPECTED_VERSION} ({_versions(before, upgrade.expected)})")
    after = _load_program(catalog, upgrade)
    if after.id == before.id:
        raise rejection(f"{machine.name} runs this program already ({after.id[:12]})")
    migrate = _load_migration(upgrade.migration, before.state_type, after.state_type)
    if migrate is None:
        if before.state_type is not after.state_type:
            raise rejection(_missing_migration(before.state_type, after.state_type))
        return CheckedUpgrade(machine, before, after, migration=False, states=None)
    return CheckedUpgrade(machine, before, after, migration=True, states=_rehearse(machine, *migrate))


def rejection(reason: str) -> Rejected:
    """The error of an upgrade or a deployment that did not happen."""
    return Rejected(f"{reason}; nothing was changed")


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


def _load_migration(data: bytes | None, before: Type, after: Type) -> tuple[Compiled, LineMap] | None:
    if data is None:
        return None
    try:
        verified = verify(decode_program(data))
    except Rejected as error:
        raise rejection(f"the migration is not acceptable: {error}") from error
    was, becomes = _migration_types(verified.program)
    if verified.methods[MIGRATION_METHOD].code.effects.asks_occasion:
        raise rejection(
            "the migration is not acceptable: it asks for the time, the key or a random number, and these belong to a "
            "step; a migration is rehearsed before it is journaled, and gives the same at any time"
        )
    if was is not before:
        raise rejection(
            f"the migration is from another state type: it takes {was!r}, the running program has {before!r}"
        )
    if becomes is not after:
        raise rejection(f"the migration is to another state type: it gives {becomes!r}, the new program has {after!r}")
    return Compiled(verified), verified.lines


def _migration_types(program: Program) -> tuple[Type, Type]:
    methods = program.methods
    if (
        program.state is not UNIT
        or len(methods) != 1
        or methods[0].name != MIGRATION_METHOD
        or methods[0].kind is not MethodKind.QUERY
        or len(methods[0].parameters) != 1
    ):
        raise rejection(
            f"the migration is not acceptable: it must be a program without state whose only method is a query "
            f"`{MIGRATION_METHOD}` of one parameter, the old state"
        )
    return methods[0].parameters[0].type, methods[0].result


def _rehearse(machine: Machine, migration: Compiled, lines: LineMap) -> list[Any]:
    states = []
    nothing = migration.cell(())
    for key, instance in machine.instances.items():
        was = instance.state
        fuel = DEFAULT_FUEL + FUEL_PER_WEIGHT * weight(was)
        try:
            # What it gives shares no container with the old state, which goes on being used if nothing comes of this.
            state = migration.run(MIGRATION_METHOD, (was,), nothing, fuel)
        except (Refused, Trap) as error:
            address = Address(machine.name, key)
            rejected = rejection(f"the migration fails on the instance {address}: {describe(error)}")
            rejected.where = whereabouts(error, lines)
            note_where(rejected, rejected.where)
            raise rejected from error
        states.append(state)
    return states


def _missing_migration(before: Type, after: Type) -> str:
    return (
        f"the state type changed, and the upgrade brings no migration: {_difference(before, after)}. Write a migration "
        "from the old state to the new one (one is derived where fields were only added, each with a default)"
    )


def _difference(before: Type, after: Type) -> str:
    if not isinstance(before, Record) or not isinstance(after, Record):
        return f"it was {before!r} and is {after!r}"
    old, new = dict(before.fields), dict(after.fields)
    parts = [
        _listed("added", [f"{label}: {type_!r}" for label, type_ in new.items() if label not in old]),
        _listed("removed", [f"{label}: {type_!r}" for label, type_ in old.items() if label not in new]),
        _listed(
            "changed",
            [
                f"{label}: {old[label]!r} to {type_!r}"
                for label, type_ in new.items()
                if label in old and old[label] is not type_
            ],
        ),
    ]
    said = "; ".join(part for part in parts if part)
    return said or f"the order of the fields was {', '.join(old)} and is {', '.join(new)}"


def _listed(what: str, fields: list[str]) -> str:
    return f"{what} {', '.join(fields)}" if fields else ""
