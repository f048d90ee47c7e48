"""Checking a rollback: everything that can be wrong with one, found before anything changes.

As with an upgrade, the same check runs before a rollback is journaled and in the fold that decides on it. It computes
the state that every instance goes back to and replaces none, so that applying a rollback afterwards cannot fail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.rollback import DOWNGRADE, REPLAY, TRIAL, WAYS
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.instances import HistoryRecord, Machine
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import RolledBack
from camshaft.runtime.replay import Past, Replay, recorded_from
from camshaft.runtime.undoable import MOST_KEPT, Undoable

ROLLED_BACK: Final = "rolled back by"
"""How the outcome of a rollback begins in a machine's history; the way follows."""


@dataclass(frozen=True, slots=True)
class CheckedRollback:
    """A rollback that may be applied to the machine it was checked on.

    Of the two at most one is not None: the state of each instance by downgrade, in the order of the machine's table, or
    the machine as a replay left it. Where both are, every state stays as it is, or there is a downgrade that cannot
    fail: then each instance goes back when it is needed. By trial they are too: that ends the rollout.
    """

    machine: Machine
    undoable: Undoable
    way: str
    states: list[Any] | None = None
    replayed: Machine | None = None

    def apply(self) -> None:
        """Let the machine go back."""
        machine, before = self.machine, self.undoable.before
        if self.replayed is not None:
            machine.replace(self.replayed)
        elif self.states is not None:
            machine.change_over(before, self.states)
        else:
            machine.move_on(before, self.undoable.downgrade, None)
        undone = machine.went_back()
        if undone.kept is not None:
            undone.kept.forget()

    def recorded(self, position: int, time_us: int, said: str = "") -> RolledBack:
        """Write into the history of the machine that it has gone back at a position; `said`: with what."""
        machine, undone = self.machine, self.undoable
        before, after, outcome = undone.after.id, undone.before.id, f"{ROLLED_BACK} {self.way}{said}"
        machine.history.append(HistoryRecord(position, time_us, "rollback", before, after, outcome, machine.count))
        return RolledBack(machine.name, before, after, self.way, machine.count, undone.position, position)


def undoable_of(machine: Machine, undone: int | None = None, machine_only: bool = False) -> Undoable:
    """The upgrade of a machine that a rollback takes back: the last one in force.

    `undone` is the position at which it is expected to stand, None: anywhere. Raises `Rejected` where there is none.
    """
    if not machine.undoable:
        went_back = any(record.outcome.startswith(ROLLED_BACK) for record in machine.history)
        reason = "has gone back to its first version" if went_back else "runs its first version"
        raise rejection(f"{machine.name} {reason} ({machine.loaded.id[:12]}): there is nothing to go back to")
    last = machine.undoable[-1]
    if undone is not None and undone != last.position:
        raise rejection(
            f"the last upgrade of {machine.name} in force is that at position {last.position}, not {undone}: "
            "something else was changed meanwhile"
        )
    if last.release and not machine_only:
        raise rejection(
            f"the upgrade of {machine.name} at position {last.position} is part of the release {last.release[:12]}, "
            "whose other machines would stay as they are: say that this is for one machine only"
        )
    return last


def chosen_way(machine: Machine, undoable: Undoable, way: str | None) -> str:
    """The way that was asked for (None: the first that there is). Raises `Rejected` where it is closed."""
    if way is not None and way not in WAYS:
        raise rejection(f"there is no way back {way[:40]!r}; there are {', '.join(WAYS)}")
    if machine.rollout is not None:
        if way in (None, TRIAL):
            return TRIAL
        raise rejection(
            f"the upgrade of {machine.name} at position {undoable.position} is still being rolled out: go back by "
            "trial, or confirm it first"
        )
    if way == TRIAL:
        raise rejection(f"no rollout of {machine.name} is under way: there is no old version beside the new one")
    if way in undoable.ways:
        return way
    if way is None and undoable.ways:
        return undoable.ways[0]
    upgrade = f"the upgrade of {machine.name} at position {undoable.position}"
    kept = f"the states before it are no longer kept, as for each but the last {MOST_KEPT} upgrades of a machine"
    new_upgrade = "what is left is an upgrade to the old version, with a migration from the new state"
    if way == REPLAY and not undoable.migrated:
        raise rejection(f"{upgrade} left every state as it was, so none was kept to replay from: go back by downgrade")
    if way == REPLAY:
        raise rejection(f"{upgrade} cannot be undone by replay: {kept}")
    if REPLAY in undoable.ways:
        raise rejection(f"{upgrade} brought no downgrade: go back by replay")
    raise rejection(f"{upgrade} brought no downgrade, and {kept}: {new_upgrade}")


def check_rollback(
    catalog: Catalog, machine: Machine, undoable: Undoable, way: str, past: Past, end: int, *, at_once: bool = False
) -> CheckedRollback:
    """Compute the states to go back to at a position, on a way that is open.

    Raises `Rejected` where the downgrade fails on an instance; nothing has changed then.
    """
    if way == TRIAL:
        return CheckedRollback(machine, undoable, way)
    if way == DOWNGRADE:
        downgrade = undoable.downgrade
        states = None
        if downgrade is not None and (at_once or not downgrade.cannot_fail):
            states = downgrade.of_all(machine.name, machine.states())
        return CheckedRollback(machine, undoable, way, states=states)
    replay = Replay(catalog, machine, undoable)
    for recorded in recorded_from(past, undoable, end):
        replay.apply(recorded)
    return CheckedRollback(machine, undoable, way, replayed=replay.machine)
