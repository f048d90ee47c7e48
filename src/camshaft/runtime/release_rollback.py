"""Taking a whole release back: every upgrade of it that is in force, at one position, or none of them.

As with a release, the same check runs before such a rollback is journaled and in the fold that decides on it. The
machines that the release deployed have no version to go back to: they are left running.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from camshaft.errors import Rejected
from camshaft.runtime.instances import Machine
from camshaft.runtime.migration import rejection
from camshaft.runtime.outcomes import TakenBack
from camshaft.runtime.rollback import CheckedRollback, chosen_way, undoable_of
from camshaft.runtime.undoable import Undoable

Check: TypeAlias = Callable[[Machine, Undoable, str], CheckedRollback]
"""Computes the states that a machine goes back to, before an upgrade of it, by a way."""

_SHORT: Final = 12
_DIGITS: Final = re.compile(r"[0-9a-f]{8,32}")


@dataclass(frozen=True, slots=True)
class CheckedReleaseRollback:
    """The rollback of a release that may be applied in the state that it was checked in.

    `members` are in the order of the node's machines. `back`: those that have gone back by themselves before. `left`:
    those that the release deployed.
    """

    release: str
    undone: int
    members: list[CheckedRollback]
    back: list[str]
    left: list[str]

    def apply(self, position: int, time_us: int) -> TakenBack:
        """Let all of them go back, at a position."""
        said = f" with release {self.release[:_SHORT]}"
        for each in self.members:
            each.apply()
        members = [each.recorded(position, time_us, said) for each in self.members]
        return TakenBack(self.release, members, self.left, position)


def check_release_rollback(
    machines: Mapping[str, Machine], named: str, ways: Mapping[str, str] | str | None, check: Check
) -> CheckedReleaseRollback:
    """Check that every machine of a release can go back, and compute the states to go back to.

    `named` are the first digits of its id. `ways` has the way of each machine that is to go back, which have to be all;
    or it is one for all; None: for each the first that is open. Raises `Rejected` with the first thing that is wrong,
    and with which machine; nothing has changed then.
    """
    release = _release_of(machines, named)
    upgraded = {name: one for name, machine in machines.items() for one in machine.undoable if one.release == release}
    undone = next(iter(upgraded.values())).position
    if isinstance(ways, Mapping) and set(ways) != set(upgraded):
        going = ", ".join(sorted(ways)[:10]) or "none"
        raise rejection(
            f"the release {release[:_SHORT]} is in force on {', '.join(upgraded)}, and {going[:400]} would go back: "
            "all of them do, or none"
        )
    members = []
    for name in upgraded:
        way = ways[name] if isinstance(ways, Mapping) else ways
        try:
            members.append(_member(machines[name], undone, way, check))
        except Rejected as error:
            rejected = Rejected(f"{name}, which would go back with the release {release[:_SHORT]}: {error}")
            rejected.where = error.where
            raise rejected from error
    others = [(name, machine.history) for name, machine in machines.items() if name not in upgraded]
    then = {name: record.kind for name, history in others for record in history if record.position == undone}
    back, left = ([name for name, kind in then.items() if kind == wanted] for wanted in ("upgrade", "deploy"))
    return CheckedReleaseRollback(release, undone, members, back, left)


def _member(machine: Machine, undone: int, way: str | None, check: Check) -> CheckedRollback:
    last = undoable_of(machine, undone, machine_only=True)
    return check(machine, last, chosen_way(machine, last, way))


def _release_of(machines: Mapping[str, Machine], named: str) -> str:
    if not _DIGITS.fullmatch(named):
        raise rejection(f"a release is named by the first 8 to 32 hex digits of its id, not {named[:40]!r}")
    found = {one.release for machine in machines.values() for one in machine.undoable if one.release.startswith(named)}
    if not found:
        raise rejection(f"no upgrade of a release {named[:_SHORT]} is in force: `camshaft history` shows the releases")
    if len(found) > 1:
        raise rejection(f"{len(found)} releases have ids that begin with {named}: give more of it")
    return found.pop()
