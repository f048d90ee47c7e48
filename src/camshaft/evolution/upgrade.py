"""Upgrades at the author's side: from two versions of a machine to the bytes that a node checks and applies."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import FunctionType
from typing import Any, Generic, TypeVar

from camshaft.bytecode import upgrade as wire
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.rollout import Rollout
from camshaft.bytecode.verifier import verify
from camshaft.errors import Rejected
from camshaft.evolution.adapters import adapters_between
from camshaft.evolution.changes import compare_interfaces, dropped, renames, type_changes
from camshaft.evolution.derive import Derived, Ends, derive
from camshaft.evolution.plan import MigrationOrigin, Plan
from camshaft.evolution.reading import unread
from camshaft.evolution.reversibility import of_derived, of_written
from camshaft.evolution.versions import is_version
from camshaft.language.compile import (
    CompiledAdapter,
    CompiledMachine,
    CompiledMigration,
    compile_adapter,
    compile_machine,
    compile_migration,
)
from camshaft.language.machine import Machine
from camshaft.values.types import Record

Old = TypeVar("Old", bound=Machine)
New = TypeVar("New", bound=Machine)

_UPGRADE_ID_BYTES = 16


def new_upgrade_id() -> str:
    """An id that no other upgrade has: 32 hex digits."""
    return secrets.token_hex(_UPGRADE_ID_BYTES)


@dataclass(frozen=True)
class Upgrade(Generic[Old, New]):
    """An upgrade of a machine from one class to another, with the migration between them unless one can be derived.

    It has an id of its own: applying one object twice is a retry, which the node answers as it did the first time.
    """

    old: type[Old]
    new: type[New]
    migrate: Callable[[Old], New] | None = None
    downgrade: Callable[[New], Old] | None = None
    """The migration in the other direction, by which a rollback goes back."""
    rollout: Rollout | None = None
    """How it is rolled out: `Rollout.trial(…)`, `Rollout.canary(…)`; None: to all instances, for good."""
    adapters: Sequence[Callable[..., Any]] = ()
    """Functions with `@adapter`, by which clients of the old class are served; what has none is derived."""
    id: str = field(default_factory=new_upgrade_id)
    _encoded: bytes | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def machine(self) -> str:
        """The name of the machine. Raises Rejected where the two classes are of two machines."""
        old, new = compile_machine(self.old).name, compile_machine(self.new).name
        if old != new:
            raise Rejected(
                f"{self.new.__name__} is the machine {new}, not a version of {old}: "
                f'write `class {self.new.__name__}(Machine, name="{old}")`'
            )
        return old

    def encode(self, running: Program | None = None) -> bytes:
        """The bytes of the upgrade, which stay the same once they were made: a retry is recognised by them.

        `running` is the program that runs where the upgrade goes, if that is known; see `expected_version`.

        Raises:
            MigrationNeeded: no migration is written, and none can be derived.
            Rejected: the two classes and the migration do not belong together.
            CompileError: one of them cannot run on a node.
        """
        if self._encoded is None:
            object.__setattr__(self, "_encoded", self.prepared(running).encoded)
        assert self._encoded is not None
        return self._encoded

    def plan(self) -> Plan:
        """What the upgrade does, to be read. Raises what `encode` raises."""
        return self.prepared().plan

    def prepared(self, running: Program | None = None) -> PreparedUpgrade:
        """The upgrade with its migration and its plan. Raises what `encode` raises."""
        machine, old = self.machine, compile_machine(self.old)
        migration = None if self.migrate is None else compile_migration(_as_function(self.migrate))
        if migration is not None and (migration.old.cls is not self.old or migration.new.cls is not self.new):
            raise Rejected(
                f"`{migration.function.__name__}` migrates {migration.old.cls.__qualname__} to "
                f"{migration.new.cls.__qualname__}, but this upgrade of {machine} is from "
                f"{self.old.__qualname__} to {self.new.__qualname__}"
            )
        downgrade = None if self.downgrade is None else compile_migration(_as_function(self.downgrade))
        if downgrade is not None and (downgrade.old.cls is not self.new or downgrade.new.cls is not self.old):
            raise Rejected(
                f"`{downgrade.function.__name__}` migrates {downgrade.old.cls.__qualname__} to "
                f"{downgrade.new.cls.__qualname__}, but a downgrade of this upgrade is from "
                f"{self.new.__qualname__} to {self.old.__qualname__}"
            )
        prepared = prepare(
            compile_machine(self.new),
            old.program,
            migration=migration,
            downgrade=downgrade,
            expected=expected_version(old, running),
            upgrade_id=self.id,
            known=old,
            adapters=self._adapters(),
        )
        return prepared.rolled_out(self.rollout)

    def _adapters(self) -> list[CompiledAdapter]:
        compiled = [compile_adapter(adapter) for adapter in self.adapters]
        for one in compiled:
            if one.old is not None and one.new is not None and (one.old.cls, one.new.cls) != (self.old, self.new):
                raise Rejected(
                    f"`{one.function.__name__}` serves clients of {one.old.cls.__qualname__} by "
                    f"{one.new.cls.__qualname__}, but this upgrade of {self.machine} is from "
                    f"{self.old.__qualname__} to {self.new.__qualname__}"
                )
        return compiled


@dataclass(frozen=True)
class PreparedUpgrade:
    """An upgrade ready to be sent, and its plan."""

    upgrade: wire.Upgrade
    plan: Plan

    @cached_property
    def encoded(self) -> bytes:
        """The bytes that travel."""
        return wire.encode_upgrade(self.upgrade)

    def rolled_out(self, rollout: Rollout | None) -> PreparedUpgrade:
        """The same upgrade, rolled out so; None: to all instances, for good."""
        upgrade, plan = replace(self.upgrade, rollout=rollout), replace(self.plan, rollout=rollout)
        return PreparedUpgrade(upgrade, plan)


def prepare(
    new: CompiledMachine,
    old: Program,
    *,
    migration: CompiledMigration | None,
    downgrade: CompiledMigration | None = None,
    expected: str,
    upgrade_id: str,
    known: CompiledMachine | None = None,
    adapters: Sequence[CompiledAdapter] = (),
) -> PreparedUpgrade:
    """An upgrade from a program to a compiled machine, with the written migration or a derived one.

    `downgrade` is the written migration in the other direction, if there is one; `expected` is the program's id or
    origin that must be running for the node to apply it; `known` is the old version's class, where it is at hand. Of
    `adapters`, those between the two versions are sent, and others are derived.

    Raises:
        MigrationNeeded: none is written, and none can be derived.
        Rejected: the new version is a stub.
    """
    assert isinstance(old.state, Record)
    becomes = new.to_run()
    assert isinstance(becomes.state, Record)
    derived = None if migration is not None else derive(Ends(old, new, known))
    forward = migration.program if migration is not None else derived.migration if derived is not None else None
    back = downgrade.program if downgrade is not None else derived.downgrade if derived is not None else None
    between = adapters_between(old, new, adapters)
    plan = replace(_plan(old, new, migration, downgrade, derived), served={} if between is None else between.served)
    upgrade = wire.Upgrade(
        id=upgrade_id,
        machine=new.name,
        expected=expected,
        program=encode_program(becomes),
        migration=None if forward is None else encode_program(forward),
        downgrade=None if back is None else encode_program(back),
        adapters=None if between is None else between.encoded,
    )
    return PreparedUpgrade(upgrade, plan)


def _plan(
    old: Program,
    new: CompiledMachine,
    migration: CompiledMigration | None,
    downgrade: CompiledMigration | None,
    derived: Derived | None,
) -> Plan:
    carry = None if derived is None else derived.carry
    loses = () if migration is None else tuple(unread(migration.source))
    if carry is not None:
        loses = tuple(dropped(carry))
    forward = derived.migration if derived is not None else None if migration is None else migration.program
    return Plan(
        machine=new.name,
        old=old,
        new=new.program,
        old_id=program_id(old),
        new_id=program_id(new.program),
        state=tuple(type_changes(old.state, new.program.state, {} if carry is None else renames(carry))),
        interface=compare_interfaces(old, new.program),
        migration=_origin(migration, forward),
        reversibility=of_written(downgrade is not None, bool(loses)) if derived is None else of_derived(derived),
        total=forward is None or verify(forward).methods[wire.MIGRATION_METHOD].code.effects.is_total,
        loses=loses,
        python=_python(migration, derived),
        migration_name=None if migration is None else migration.function.__name__,
        downgrade_name=None if downgrade is None else downgrade.function.__name__,
    )


def _python(migration: CompiledMigration | None, derived: Derived | None) -> Callable[[], list[str]]:
    if migration is not None:
        return str(migration.program.notes["source"]).splitlines
    return list if derived is None or derived.migration is None else derived.python


def _origin(migration: CompiledMigration | None, forward: Program | None) -> MigrationOrigin:
    if migration is not None:
        return MigrationOrigin.WRITTEN
    return MigrationOrigin.NOT_NEEDED if forward is None else MigrationOrigin.DERIVED


def _as_function(migrate: Callable[..., Any]) -> FunctionType:
    if not isinstance(migrate, FunctionType):
        raise TypeError(f"a migration is a function with `@migration`, not {migrate!r}")
    return migrate


def expected_version(old: CompiledMachine, running: Program | None) -> str:
    """How an upgrade from `old` names the version that it expects, given what is running where that is known.

    The id, unless what runs was compiled from the same source by another compiler: then the origin says so.
    """
    if running is not None and is_version(old, running) and old.version != program_id(running):
        return old.program.origin
    return old.version


def written_migration(
    migrations: Sequence[CompiledMigration], new: CompiledMachine, running: Program
) -> CompiledMigration | None:
    """The written migration to a machine that starts from what is running, or else the last one written to it.

    The last one, not none: an upgrade whose migration is from another version must be refused by the node, not
    replaced by a derived one.
    """
    to_new = [migration for migration in migrations if migration.new.cls is new.cls]
    for migration in to_new:
        if is_version(migration.old, running):
            return migration
    return to_new[-1] if to_new else None


def written_downgrade(
    migrations: Sequence[CompiledMigration], new: CompiledMachine, old: Program
) -> CompiledMigration | None:
    """The written migration from a machine back to the version that it replaces, or else the last one from it."""
    from_new = [migration for migration in migrations if migration.old.cls is new.cls]
    for migration in from_new:
        if is_version(migration.new, old):
            return migration
    return from_new[-1] if from_new else None
