"""An upgrade through several versions: a node runs an early one, and one upgrade goes all the way to the last.

The way goes from version to version, in the order of the file, and over each written migration once; where none is
written, one is derived, as for a single upgrade. The migrations are linked to one program, so that a node checks and
rehearses the chain as a whole, and applies all of it or nothing: no instance is ever in a version in between, and a
rollback leads back to what ran. The adapters of each step travel with the version that it leads on from, so that
clients of every version on the way are served as if the steps had been made one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from msgspec import to_builtins

from camshaft.bytecode import upgrade as wire
from camshaft.bytecode.encoding import decode_program, encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.bytecode.rollout import Rollout
from camshaft.errors import Rejected
from camshaft.evolution.linking import linked
from camshaft.evolution.plan import PLAN_VERSION, Plan, Rehearsed
from camshaft.evolution.reversibility import Reversibility, worst
from camshaft.evolution.served import Clients, clients_of
from camshaft.evolution.upgrade import (
    PreparedUpgrade,
    expected_version,
    prepare,
    written_downgrade,
    written_migration,
)
from camshaft.evolution.versions import is_version, short
from camshaft.language.compile import CompiledAdapter, CompiledMachine, CompiledMigration
from camshaft.language.project import CompiledFile

_MOST_SHOWN: Final = 10


@dataclass(frozen=True)
class Step:
    """From one version to the next one on the way, by a written migration or by one that is to be derived."""

    old: CompiledMachine
    new: CompiledMachine
    migration: CompiledMigration | None


@dataclass(frozen=True)
class ChainPlan:
    """What a chain does, step by step; `by_code`: whether a rollback would have code for the whole way back."""

    steps: tuple[Plan, ...]
    by_code: bool
    clients: tuple[Clients, ...]
    """How those of each version but the last are served by the last one."""
    rehearsed: Rehearsed | None = None
    """What a node found out about the whole, where one was asked."""
    rollout: Rollout | None = None
    """How the whole is rolled out, where it is not to all instances at once and for good."""

    def with_rehearsal(self, rehearsed: Rehearsed) -> ChainPlan:
        """The plan with what a node found out."""
        return replace(self, rehearsed=rehearsed)

    @property
    def reversibility(self) -> Reversibility:
        """The class of the whole way: that of its worst step."""
        return worst([plan.reversibility for plan in self.steps])

    @property
    def loses(self) -> tuple[str, ...]:
        """What the steps lose, each in the state that it leads from."""
        return tuple(path for plan in self.steps for path in plan.loses)

    @property
    def served(self) -> frozenset[str]:
        """The methods of the first version that adapters serve."""
        return self.clients[0].adapted

    def json(self) -> dict[str, Any]:
        """The plan as data: what the whole does, and the plan of each step."""
        last = self.steps[-1] if self.rehearsed is None else self._last_with(self.rehearsed)
        node = {"node": last.json()["node"]} if self.rehearsed is not None else {}
        return {
            "version": PLAN_VERSION,
            "machine": last.machine,
            "from": self.steps[0].old_id,
            "to": last.new_id,
            "class": self.reversibility.value,
            "by_code": self.by_code,
            "rollout": None if self.rollout is None else to_builtins(self.rollout),
            "steps": [plan.json() for plan in self.steps],
            "clients": [one.json() for one in self.clients],
            **node,
        }

    def text(self) -> str:
        """The plan as people read it."""
        ids = [self.steps[0].old_id, *(plan.new_id for plan in self.steps)]
        head = f"one upgrade through {len(ids)} versions, all or nothing: {' -> '.join(map(short, ids))}"
        way = "by the downgrades of the steps, the last one first" if self.by_code else "by replay"
        end = f"  all the way back to {short(ids[0])}: rollback {way}"
        steps = [*self.steps[:-1], self.steps[-1] if self.rehearsed is None else self._last_with(self.rehearsed)]
        whole = f"  class of the whole: {self.reversibility.value}"
        clients = (line for one in self.clients for line in one.lines())
        rollout = [] if self.rollout is None else [f"  rollout:   {self.rollout.text()}"]
        return "\n".join([head, *(plan.text() for plan in steps), *clients, whole, end, *rollout])

    def _last_with(self, rehearsed: Rehearsed) -> Plan:
        # What the downgrade gave back is of the whole way, and says nothing of the last step. Nor does what became of
        # the clients of the first version, without the adapters of all steps.
        served = tuple(one for one in rehearsed.served if one.id != self.steps[0].old_id)
        return self.steps[-1].with_rehearsal(replace(rehearsed, given_back=None, served=served))


@dataclass(frozen=True)
class PreparedChain:
    """A chain ready to be sent as one upgrade, and its plan."""

    upgrade: wire.Upgrade
    plan: ChainPlan

    @cached_property
    def encoded(self) -> bytes:
        """The bytes that travel."""
        return wire.encode_upgrade(self.upgrade)

    def rolled_out(self, rollout: Rollout | None) -> PreparedChain:
        """The same upgrade, rolled out so; None: to all instances, for good."""
        upgrade, plan = replace(self.upgrade, rollout=rollout), replace(self.plan, rollout=rollout)
        return PreparedChain(upgrade, plan)


def steps_from(
    running: Program, versions: Sequence[CompiledMachine], migrations: Sequence[CompiledMigration]
) -> list[Step]:
    """The way from what is running to the last of the versions, which are in the order of their file.

    `migrations` are those of the file after those of the files that it leads on from, the oldest first. A written
    migration is taken where there is one, that to the latest version first. Raises `Rejected` where what is running is
    none of the versions, nor one that a migration leads on from.
    """
    known = _oldest_first(versions, migrations)
    at = next((place for place, one in enumerate(known) if is_version(one, running)), None)
    if at is None:
        ids = ", ".join(short(one.version) for one in known[-_MOST_SHOWN:])
        raise Rejected(
            f"{running.name} runs {short(program_id(running))}, and the file leads on from other versions ({ids}); "
            "nothing was changed"
        )
    if at == len(known) - 1:
        raise Rejected(f"{running.name} runs this program already ({short(program_id(running))}); nothing was changed")
    places = {one.cls: place for place, one in enumerate(known)}
    steps = []
    while at < len(known) - 1:
        written = {places[one.new.cls]: one for one in migrations if places.get(one.old.cls) == at}
        to = max([place for place in written if place > at], default=at + 1)
        steps.append(Step(known[at], known[to], written.get(to)))
        at = to
    return steps


def prepared_upgrade(
    compiled: CompiledFile,
    versions: Sequence[CompiledMachine],
    running: Program,
    expected: str | None,
    upgrade_id: str,
    known: CompiledMachine | None = None,
) -> PreparedUpgrade | PreparedChain:
    """The upgrade from what is running to the last of a file's versions of a machine, in one step or in several.

    `expected` is as in `prepare`; None: the version that the way starts from. `known` is what runs as a class, where
    its file is at hand and no migration leads from it. Raises what `prepare` and `steps_from` raise.
    """
    migrations = [*compiled.earlier, *compiled.migrations]
    new = versions[-1]
    direct = written_migration(compiled.migrations, new, running)
    if len(versions) == 1 and not _is_behind(running, new, direct, migrations):
        old = running if direct is None or is_version(direct.old, running) else direct.old.program
        downgrade = written_downgrade(compiled.migrations, new, old)
        expects = program_id(running) if direct is None else expected_version(direct.old, running)
        return prepare(
            new,
            old,
            migration=direct,
            downgrade=downgrade,
            expected=expects if expected is None else expected,
            upgrade_id=upgrade_id,
            known=_class_of(old, [*compiled.migrations, *compiled.earlier]) or known,
            adapters=compiled.adapters,
        )
    steps = steps_from(running, versions, migrations)
    start = expected_version(steps[0].old, running) if expected is None else expected
    if len(steps) == 1:
        return _prepared(steps[0], running, migrations, start, upgrade_id, compiled.adapters)
    return prepare_chain(steps, running, migrations, expected=start, upgrade_id=upgrade_id, adapters=compiled.adapters)


def _class_of(program: Program, migrations: Sequence[CompiledMigration]) -> CompiledMachine | None:
    """The class that a program is of, where migrations of the file bring it in."""
    ends = [end for one in migrations for end in (one.old, one.new)]
    return next((end for end in ends if is_version(end, program)), None)


def _is_behind(
    running: Program,
    new: CompiledMachine,
    direct: CompiledMigration | None,
    migrations: Sequence[CompiledMigration],
) -> bool:
    """Whether what is running is a known version before the one that a machine's migration starts from."""
    if direct is None or is_version(direct.old, running):
        return False
    ends = [end for one in migrations for end in (one.old, one.new) if end.cls is not new.cls]
    return any(is_version(end, running) for end in ends)


def prepare_chain(
    steps: Sequence[Step],
    running: Program,
    migrations: Sequence[CompiledMigration],
    *,
    expected: str,
    upgrade_id: str,
    adapters: Sequence[CompiledAdapter] = (),
) -> PreparedChain:
    """One upgrade that takes all of these steps; see `prepare`.

    Raises:
        MigrationNeeded: a step has no written migration, and none can be derived for it.
        Rejected: the whole is more than a node would take.
    """
    if len(steps) > wire.MOST_PASSED + 1:
        raise Rejected(f"{len(steps)} steps, and one upgrade takes at most {wire.MOST_PASSED + 1}: go in several")
    prepared = [_prepared(step, running, migrations, step.old.version, upgrade_id, adapters) for step in steps]
    back = _way_back(prepared)
    forward = [decode_program(one.upgrade.migration) for one in prepared if one.upgrade.migration is not None]
    passed = [wire.Passed(one.upgrade.program, then.upgrade.adapters) for one, then in pairwise(prepared)]
    upgrade = replace(
        prepared[-1].upgrade,
        expected=expected,
        migration=encode_program(linked(forward)) if forward else None,
        downgrade=encode_program(linked(back)) if back else None,
        adapters=prepared[0].upgrade.adapters,
        passed=tuple(passed),
    )
    versions = [*(one.plan.old for one in prepared), steps[-1].new.program]
    clients = tuple(clients_of(versions, [one.upgrade.adapters for one in prepared]))
    return PreparedChain(upgrade, ChainPlan(tuple(one.plan for one in prepared), back is not None, clients))


def _prepared(
    step: Step,
    running: Program,
    migrations: Sequence[CompiledMigration],
    expected: str,
    upgrade_id: str,
    adapters: Sequence[CompiledAdapter] = (),
) -> PreparedUpgrade:
    # Of a stub, only the node has the program.
    old = running if is_version(step.old, running) else step.old.program
    # One that leads on from the step's new version to a later one is no way back from it.
    back = [one for one in migrations if _ends(one)[0].cls is one.new.cls]
    return prepare(
        step.new,
        old,
        migration=step.migration,
        downgrade=written_downgrade(back, step.new, old),
        expected=expected,
        upgrade_id=upgrade_id,
        known=step.old,
        adapters=adapters,
    )


def _way_back(prepared: Sequence[PreparedUpgrade]) -> list[Program] | None:
    """The downgrades of all steps, the last one first; None where a step that changes states has none."""
    back = []
    for one in reversed(prepared):
        if one.upgrade.downgrade is not None:
            back.append(decode_program(one.upgrade.downgrade))
        elif one.upgrade.migration is not None:
            return None
    return back


def _oldest_first(
    versions: Sequence[CompiledMachine], migrations: Sequence[CompiledMigration]
) -> list[CompiledMachine]:
    """All versions that there is a way from: those of other files, as migrations bring them in, and the file's own."""
    name, own = versions[-1].name, {one.cls for one in versions}
    ends = (end for one in migrations for end in _ends(one))
    others = {end.cls: end for end in ends if end.name == name and end.cls not in own}
    return [*others.values(), *versions]


def _ends(migration: CompiledMigration) -> list[CompiledMachine]:
    """The two versions of a migration or a downgrade, the older one first.

    That is the one that its file imports; of two that a file defines, or imports by name, the one that it does first.
    """
    seen = [value for value in migration.function.__globals__.values() if isinstance(value, type)]
    return sorted((migration.old, migration.new), key=lambda end: seen.index(end.cls) if end.cls in seen else -1)
