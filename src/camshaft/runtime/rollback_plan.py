"""The plan of a rollback: the rollback as it would be now, and what it would lose.

By replay, what was answered since the upgrade is found out by going through it once more: the outcomes are not in the
journal. That costs as much as the replay, and only a plan pays for it.
"""

from __future__ import annotations

from msgspec.structs import replace

from camshaft.bytecode.release import decode_release
from camshaft.bytecode.rollback import DOWNGRADE, TRIAL, InputLosses, ReleaseRollbackPlan, RollbackPlan
from camshaft.bytecode.upgrade import decode_upgrade
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Deletion, Input, Release, ReleaseRollback, Rollback, Setting, Steer, Upgrade
from camshaft.runtime.instances import VOID, Machine
from camshaft.runtime.losses import Comparison, field_losses
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.replay import Recorded, Replay, recorded_from
from camshaft.runtime.rollback import CheckedRollback
from camshaft.runtime.undoable import Undoable


def plan_rollback(engine: Engine, name: str, way: str | None) -> RollbackPlan:
    """What a rollback of a machine would do and lose; see `Engine.check_rollback` for the way, and what is raised."""
    checked = engine.check_rollback(name, way=way, machine_only=True)
    return _planned(engine, checked)


def plan_release_rollback(engine: Engine, named: str, way: str | None) -> ReleaseRollbackPlan:
    """What taking a release back, named by the first digits of its id, would do and lose. Raises `Rejected`."""
    checked = engine.check_release_rollback(named, way)
    members = [replace(_planned(engine, each), release="") for each in checked.members]
    return ReleaseRollbackPlan(checked.release, checked.undone, members, checked.back, checked.left)


def _planned(engine: Engine, checked: CheckedRollback) -> RollbackPlan:
    undone, by_code = checked.undoable, checked.way == DOWNGRADE
    now, then, rollout = undone.after, undone.before, checked.machine.rollout
    return RollbackPlan(
        machine=checked.machine.name,
        from_id=now.id,
        to_id=then.id,
        undone=undone.position,
        way=checked.way,
        ways=list(undone.ways) if rollout is None else [TRIAL],
        written=undone.downgrade is not None,
        release=undone.release,
        instances=checked.machine.count,
        fields=field_losses(now.state_type, then.state_type) if by_code else None,
        inputs=None if by_code else _input_losses(engine, checked) if rollout is None else rollout.going_back_loses(),
    )


def _input_losses(engine: Engine, checked: CheckedRollback) -> InputLosses:
    machine, undone = checked.machine, checked.undoable
    happened = _Happened(engine, machine, undone)
    replay = Replay(engine.catalog, machine, undone)
    compared = Comparison(engine.catalog)
    for recorded in recorded_from(engine.past, undone, engine.position):
        was, becomes = happened.apply(recorded), replay.apply(recorded)
        if was is not None and becomes is not None:
            compared.add(recorded, was, becomes)
    losses = compared.losses
    losses.instances = len(machine.keys - replay.machine.keys)
    return losses


class _Happened:
    """A machine once more as it went on from the states before an upgrade, through all that changed it since then."""

    def __init__(self, engine: Engine, machine: Machine, undone: Undoable) -> None:
        self._engine = Engine(engine.past)
        # An input for a program that came later had no form then, though it is known by now.
        self._engine.catalog = engine.catalog.only(_known_at(engine, undone.position))
        self._engine.machines[machine.name] = machine.as_before(undone)
        self._name = machine.name
        self._repeated = frozenset(machine.retries.positions)
        # A change that was void, or a retry of one that was decided before, has no record of success at its position.
        self._changes = {
            each.position
            for each in machine.history
            if each.changed_program or (each.kind == "rollout" and not each.outcome.startswith(VOID))
        }
        self._batch = -1

    def apply(self, recorded: Recorded) -> Outcome | None:
        """What became of an entry: an outcome for an input of this machine that was run, None for all others."""
        entry = recorded.entry
        if recorded.start != self._batch:
            self._batch = recorded.start
            self._engine.begin_batch(recorded.start, recorded.batch)
        match entry:
            case Input() if entry.machine == self._name and recorded.position not in self._repeated:
                return self._run(recorded)
            case Setting() | Deletion() if entry.machine == self._name:
                self._run(recorded)
            case Upgrade() | Rollback() | Steer() if recorded.position in self._changes:
                self._run(recorded)
            case Release() if recorded.position in self._changes:
                self._run(replace(recorded, entry=Upgrade(_own_upgrade(entry, self._name))))
            case ReleaseRollback() if recorded.position in self._changes:
                undone = self._engine.machine(self._name).undoable[-1].position
                self._run(replace(recorded, entry=entry.of(self._name, undone)))
        return None

    def _run(self, recorded: Recorded) -> Outcome:
        return self._engine.apply_one(recorded.entry, recorded.batch, recorded.start, recorded.index)


def _own_upgrade(entry: Release, machine: str) -> bytes:
    """The upgrade of a machine in a release."""
    return next(data for data in decode_release(entry.release).upgrades if decode_upgrade(data).machine == machine)


def _known_at(engine: Engine, position: int) -> set[str]:
    """The programs that had come in before a position."""
    known = set()
    for machine in engine.machines.values():
        known |= {each.to_id for each in machine.history if each.position < position and each.changed_program}
        known |= {id_ for id_, since in machine.passed.items() if since < position}
    return known
