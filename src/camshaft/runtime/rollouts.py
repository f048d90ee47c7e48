"""The rollouts under way on a node: how each begins, what is done about it, what it does by itself, how it ends.

Rule: nothing here reads a clock. A wave that has been watched for long enough goes on at the next batch, whose time
says so; a rollout that fails goes back at the very input that shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from camshaft.bytecode.rollback import TRIAL
from camshaft.bytecode.rollout import ACTIONS, ALL, Rollout, percent
from camshaft.bytecode.rollout_report import RolloutReport
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.entries import Entries, Input, Rollback, Steer
from camshaft.runtime.inputs import Runner, run_input
from camshaft.runtime.instances import HistoryRecord, Machine
from camshaft.runtime.migration import UNCHANGED, rejection
from camshaft.runtime.outcomes import Outcome, Steered
from camshaft.runtime.rollback import ROLLED_BACK
from camshaft.runtime.rollout import Joining, RunningRollout
from camshaft.runtime.upgrade import CheckedUpgrade

_WENT_BACK: Final = f"{ROLLED_BACK} {TRIAL}"
_SAID: Final = {"hold": "held", "resume": "resumed"}


@dataclass(frozen=True, slots=True)
class CheckedSteering:
    """What may be done about a rollout in the state in which it was checked."""

    rollout: RunningRollout
    action: str
    share: int
    """The share that it will have."""
    joining: list[Joining]


class Rollouts:
    """All rollouts under way, by their machines."""

    __slots__ = ("_changed", "_start", "_time_us", "running")

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called where instances run another program from here on."""
        self.running: dict[str, RunningRollout] = {}
        self._changed = changed
        self._start = 0
        self._time_us = 0

    # ---- by itself -------------------------------------------------------------------------------------------------

    def begin_batch(self, start: int, batch: Entries) -> None:
        """Go on with each rollout whose wave has been watched for long enough, before a batch at a position.

        What somebody asks for in the batch comes first: who takes a rollout back must not find it confirmed by that.
        """
        self._start, self._time_us = start, batch.time_us
        for rollout in list(self.running.values()):
            if rollout.is_due(batch.time_us) and not _is_steered(rollout.machine.name, batch):
                self._go_on(rollout)

    @property
    def runner(self) -> Runner:
        """What runs inputs now: where nothing is being rolled out, nothing looks for it."""
        return self.run if self.running else run_input

    def run(
        self, machines: dict[str, Machine], catalog: Catalog, entry: Input, batch: Entries, start: int, index: int
    ) -> Outcome:
        """Run an input as `run_input` does, or through the rollout of its machine."""
        rollout = self.running.get(entry.machine)
        if rollout is None:
            return run_input(machines, catalog, entry, batch, start, index)
        outcome = rollout.run(entry, batch, start, index)
        if rollout.failure is not None:
            self._fail(rollout, start + index, rollout.failure)
        return outcome

    def _go_on(self, rollout: RunningRollout) -> None:
        share = rollout.following()
        healthy = f"healthy after {rollout.health.compared} inputs"
        if share is None:
            if rollout.share == ALL:
                self._end(rollout, [], self._start, f"confirmed: {healthy}")
            return
        try:
            joining = rollout.joining(share)
        except Rejected as error:
            self._fail(rollout, self._start, str(error).removesuffix(UNCHANGED))
            return
        self._grow(rollout, share, joining, self._start, f"{percent(share)} of the instances: {healthy}")

    def _fail(self, rollout: RunningRollout, position: int, reason: str) -> None:
        self.go_back(rollout)
        count = rollout.machine.count
        self._record(rollout, position, "rollback", rollout.after, rollout.before, f"{_WENT_BACK}: {reason}", count)

    # ---- by an entry -----------------------------------------------------------------------------------------------

    def start(
        self, catalog: Catalog, checked: CheckedUpgrade, after: Loaded, terms: Rollout, salt: str, position: int
    ) -> tuple[int, str]:
        """Begin the rollout of a checked upgrade; gives how many instances were migrated, and what history says."""
        machine = checked.machine
        rollout = RunningRollout(catalog, machine, machine.loaded, after, checked.code, terms, salt, position)
        share = terms.shares[0]
        if checked.prepared is not None and checked.migration:
            states = checked.prepared
        elif checked.states is not None:
            states = dict(zip(machine.keys, checked.states, strict=True))
        else:
            states = dict(machine.states())
        joining = [(key, each, states[key]) for key, each in rollout.candidates(share)]
        rollout.grow(share, joining, self._time_us)
        machine.rollout = self.running[machine.name] = rollout
        self._changed()
        said = "on trial" if share == ALL else f"canary: {percent(share)} of the instances"
        return (len(joining) if checked.migration else 0), said

    def check(self, machine: Machine, upgrade: int, action: str, share: int | None) -> CheckedSteering:
        """Check what is to be done about the rollout of the upgrade at a position.

        `share` is for `grow` alone: None is that of the next wave. Raises `Rejected`; nothing has changed then.
        """
        rollout = rollout_of(machine)
        if upgrade != rollout.position:
            raise rejection(
                f"the rollout of {machine.name} under way is that of the upgrade at position {rollout.position}, not "
                f"{upgrade}: something else was changed meanwhile"
            )
        if action not in ACTIONS:
            raise rejection(f"a rollout cannot {action[:40]!r}; it can {', '.join(ACTIONS)}, or go back by a rollback")
        if share is not None and action != "grow":
            raise rejection(f"a share is given to grow to, not to {action}")
        if (action == "hold") is rollout.held and action in ("hold", "resume"):
            raise rejection(f"the rollout of {machine.name} is {'held already' if rollout.held else 'not held'}")
        becomes = rollout.share
        if action == "grow":
            becomes = _grown(rollout, share)
        elif action == "confirm":
            becomes = ALL
        joining = [] if becomes == rollout.share else rollout.joining(becomes)
        return CheckedSteering(rollout, action, becomes, joining)

    def steer(self, checked: CheckedSteering, position: int) -> Steered:
        """Do what was checked, at a position."""
        rollout, action = checked.rollout, checked.action
        machine = rollout.machine
        match action:
            case "grow":
                said = f"{percent(checked.share)} of the instances"
                self._grow(rollout, checked.share, checked.joining, position, said)
            case "confirm":
                self._end(rollout, checked.joining, position, "confirmed")
            case _:
                rollout.held = action == "hold"
                self._record(rollout, position, "rollout", rollout.after, rollout.after, _SAID[action], 0)
        count = machine.count if action == "confirm" else rollout.count
        return Steered(machine.name, action, checked.share, count, position)

    def go_back(self, rollout: RunningRollout) -> None:
        """End a rollout: every instance runs the old version again."""
        rollout.go_back()
        rollout.machine.went_back()
        del self.running[rollout.machine.name]
        self._changed()

    # ---- what both have in common ------------------------------------------------------------------------------------

    def _grow(self, rollout: RunningRollout, share: int, joining: list[Joining], position: int, said: str) -> None:
        rollout.grow(share, joining, self._time_us)
        self._changed()
        self._record(rollout, position, "rollout", rollout.after, rollout.after, said, len(joining))

    def _end(self, rollout: RunningRollout, joining: list[Joining], position: int, said: str) -> None:
        rollout.finish(joining)
        del self.running[rollout.machine.name]
        self._changed()
        self._record(rollout, position, "rollout", rollout.after, rollout.after, said, len(joining))

    def _record(
        self, rollout: RunningRollout, position: int, kind: str, from_: Loaded, to: Loaded, said: str, count: int
    ) -> None:
        record = HistoryRecord(position, self._time_us, kind, from_.id, to.id, said, count)
        rollout.machine.history.append(record)


def _is_steered(machine: str, batch: Entries) -> bool:
    return any(isinstance(entry, Steer | Rollback) and entry.machine == machine for entry in batch.entries)


def report_of(rollout: RunningRollout, now_us: int) -> RolloutReport:
    """How a rollout stands at a time, in microseconds."""
    health = rollout.health
    return RolloutReport(
        machine=rollout.machine.name,
        from_id=rollout.before.id,
        to_id=rollout.after.id,
        upgrade=rollout.position,
        terms=rollout.terms,
        share=rollout.share,
        following=rollout.following(),
        held=rollout.held,
        since=rollout.since_us,
        now=now_us,
        instances=rollout.count,
        of=rollout.machine.count,
        inputs=health.inputs,
        compared=health.compared,
        traps=health.traps,
        refusals=health.refusals,
        different=health.different,
        declared=health.declared,
        unfit=health.unfit,
    )


def rollout_of(machine: Machine) -> RunningRollout:
    """The rollout of a machine that is under way. Raises `Rejected` where there is none."""
    if machine.rollout is None:
        last = next((each for each in reversed(machine.history) if each.kind != "setting"), None)
        ended = "" if last is None else f"; its last change, at position {last.position}: {last.kind}, {last.outcome}"
        raise Rejected(f"no rollout of {machine.name} is under way{ended}")
    return machine.rollout


def _grown(rollout: RunningRollout, share: int | None) -> int:
    becomes = rollout.following() if share is None else share
    if becomes is None:
        raise rejection(f"the rollout of {rollout.machine.name} has no further wave: say to what share, or confirm it")
    if not rollout.share < becomes <= ALL:
        raise rejection(
            f"the new version of {rollout.machine.name} runs on {percent(rollout.share)} of the instances, and its "
            f"share only grows, to at most 100 %: not to {percent(becomes)}. To take it back, roll back"
        )
    return becomes
