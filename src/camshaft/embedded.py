"""A node in this process: the engine and its journal without sockets, for programs that embed machines and for tests.

This is the one place, beside the command line, where the author's side and the trusted side meet. What it does is what
a node does: machines travel as bytes and are verified, upgrades are checked and rehearsed, every input is journaled.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, assert_never

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Parameter
from camshaft.bytecode.rollback import ReleaseRollbackPlan, RollbackPlan
from camshaft.bytecode.rollout_report import RolloutReport
from camshaft.client.adapting import Adaptation
from camshaft.client.binding import Binding, Call
from camshaft.client.outcomes import (
    Deleted,
    Deployed,
    Released,
    ReleaseMember,
    ReleaseRolledBack,
    RolledBack,
    Steered,
    Upgraded,
    millionths,
    steered,
)
from camshaft.client.proxy import Link, binding_of, proxy
from camshaft.errors import Fault, Rejected, Stale
from camshaft.evolution.release import encoded_release
from camshaft.evolution.upgrade import Upgrade, new_upgrade_id
from camshaft.journal.memory import MemoryJournal
from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.language.compile import compile_machine
from camshaft.language.machine import Machine
from camshaft.runtime import entries, outcomes
from camshaft.runtime.facades import distance, known_version
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address

M = TypeVar("M", bound=Machine)


class Node:
    """A node without sockets. Its proxies may be used from several threads; calls run one at a time.

    `data` is a directory for a durable journal; without it everything is in memory and gone with the node.

    Raises:
        DirectoryInUse: another node runs on the directory.
        DamagedJournal: the journal is not what was written.
    """

    def __init__(self, data: str | Path | None = None) -> None:
        if data is None:
            self._replica = Replica(MemoryJournal())
        else:
            self._replica = Replica(SqliteJournal(Path(data)), snapshots=Snapshots(data))
        self._replica.recover()
        self._caller = _EngineCaller(self._replica)

    def deploy(self, machine: type[Machine]) -> Deployed:
        """Add a machine; one that runs this program already is left alone.

        Raises:
            Rejected: another version of the machine runs here.
            CompileError: the class cannot run on a node.
        """
        program = encode_program(compile_machine(machine).to_run())
        with self._caller.lock:
            done = self._replica.deploy(program)
            first = self._replica.engine.history(done.machine)[0]
        return Deployed(done.machine, done.program_id, first.position)

    def instance(self, machine: type[M], key: str | None = None) -> M:
        """A proxy for an instance, typed as the machine's class: calling its methods calls the instance."""
        binding = binding_of(machine)
        return proxy(Link(binding, binding.address(key), self._caller, "in this process", self.close), machine)

    def upgrade(self, upgrade: Upgrade[Any, Any]) -> Upgraded:
        """Upgrade a machine: all of its instances at once, or none.

        Giving the same upgrade twice is a retry: the second has the first one's answer.

        Raises:
            Rejected: another version runs than the upgrade expects, or it does not check; nothing was changed.
            MigrationNeeded: it needs a migration that nobody wrote.
        """
        with self._caller.lock:
            running = self._replica.engine.machine(upgrade.machine).loaded.verified.program
            done = self._replica.upgrade(upgrade.encode(running))
        return Upgraded(done.machine, done.from_id, done.to_id, done.position, done.migrated)

    def release(self, *members: Upgrade[Any, Any] | type[Machine], requires: Sequence[type[Machine]] = ()) -> Released:
        """Upgrade several machines and deploy new ones, given as classes, at one position: all of them, or none.

        `requires` are versions that their machines have to run once the release is made.

        Raises:
            Rejected: a member does not check, or a required version would not run; nothing was changed.
            MigrationNeeded: an upgrade needs a migration that nobody wrote.
        """
        with self._caller.lock:
            machines = self._replica.engine.machines
            running = {name: machine.loaded.verified.program for name, machine in machines.items()}
            done = self._replica.release(encoded_release(members, running, requires))
        found = [ReleaseMember(one.machine, one.from_id, one.to_id, one.migrated) for one in done.members]
        return Released(done.id, found, done.position)

    def plan_rollback(self, machine: str, way: str | None = None) -> RollbackPlan:
        """What going back before a machine's last upgrade would do and lose; nothing changes.

        Raises:
            Rejected: there is nothing to go back to, the way is closed, or the downgrade fails on an instance.
        """
        with self._caller.lock:
            return self._replica.plan_rollback(machine, way)

    def rollback(
        self,
        plan: RollbackPlan | str,
        *,
        id: str | None = None,  # noqa: A002 - as in Upgrade
        machine_only: bool = False,
    ) -> RolledBack:
        """Go back to the version before, as planned; with a machine's name, as `plan_rollback` plans it now.

        Giving the same `id` (32 hex digits) twice is a retry: the second has the first one's answer.

        Raises:
            Rejected: another upgrade is the last one now, it is part of a release and this is not for the
                `machine_only`, or the way is closed; nothing was changed.
        """
        with self._caller.lock:
            chosen = self._replica.plan_rollback(plan) if isinstance(plan, str) else plan
            id_ = new_upgrade_id() if id is None else id
            undone, way = chosen.undone, chosen.way
            done = self._replica.rollback(id_, chosen.machine, undone, way, machine_only=machine_only)
        return _rolled_back(done)

    def plan_release_rollback(self, release: str, way: str | None = None) -> ReleaseRollbackPlan:
        """What taking a whole release back would do and lose; nothing changes. `release`: its id, or how that begins.

        Raises Rejected where one of its machines cannot go back.
        """
        with self._caller.lock:
            return self._replica.plan_release_rollback(release, way)

    def rollback_release(
        self,
        plan: ReleaseRollbackPlan | str,
        *,
        id: str | None = None,  # noqa: A002 - as in Upgrade
    ) -> ReleaseRolledBack:
        """Take all upgrades of a release back at one position, as planned, or none; `id` is as in `rollback`.

        Raises Rejected where one cannot go back; nothing was changed.
        """
        with self._caller.lock:
            chosen = self._replica.plan_release_rollback(plan) if isinstance(plan, str) else plan
            id_ = new_upgrade_id() if id is None else id
            done = self._replica.rollback_release(id_, chosen.release, chosen.ways)
        return ReleaseRolledBack(done.id, [_rolled_back(one) for one in done.members], done.left, done.position)

    def rollout(self, machine: str) -> RolloutReport:
        """How the rollout of a machine's last upgrade stands. Raises Rejected where none is under way."""
        with self._caller.lock:
            return self._replica.rollout(machine)

    def steer(
        self,
        rollout: RolloutReport | str,
        action: str,
        share: float | None = None,
        *,
        id: str | None = None,  # noqa: A002 - as in Upgrade
    ) -> Steered:
        """Let a rollout `grow`, to a share of the instances or that of its next wave, `hold`, `resume` or `confirm`.

        It must be the one that was reported; with a machine's name, the one that is under way now. `id` is as in
        `rollback`. Raises Rejected; nothing was changed then.
        """
        with self._caller.lock:
            found = self._replica.rollout(rollout) if isinstance(rollout, str) else rollout
            id_ = new_upgrade_id() if id is None else id
            done = self._replica.steer(entries.Steer(id_, found.machine, found.upgrade, action, millionths(share)))
        return steered(done.machine, done.action, done.share, done.instances, done.position)

    def delete(self, address: str) -> Deleted:
        """Let an instance be no more: the next input for its address begins from the initial state.

        Raises Rejected where there is none.
        """
        with self._caller.lock:
            done = self._replica.delete(Address.parse(address))
        return Deleted(address, done.position)

    def advance(self) -> bool:
        """Migrate a little of what upgrades have put off, for well under a millisecond; whether there may be more.

        Nothing has to call it: an instance is migrated when it is used. A program that has time may do it beforehand.
        """
        with self._caller.lock:
            return self._replica.engine.advance()

    def close(self) -> None:
        """Close the journal. Closing twice is allowed."""
        with self._caller.lock:
            self._replica.close()

    def __enter__(self) -> Node:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _EngineCaller:
    """Runs calls on the engine of this process, one caller at a time."""

    def __init__(self, replica: Replica) -> None:
        self.lock = threading.Lock()
        self._replica = replica
        self._manners: dict[tuple[Binding, str, bool], _Manner] = {}
        """How classes call a program of another version that upgrades do not lead to from theirs."""

    def run(self, calls: Sequence[Call]) -> list[Any]:
        """The outcomes of the calls, in order. Commands without a query in between are one batch of the journal."""
        with self.lock:
            done: list[Any] = []
            waiting: list[entries.Input] = []
            adaptations: list[Adaptation | None] = []
            for call in calls:
                try:
                    manner = self._manner(call.binding, call.address)
                    made = call if manner.adaptation is None else manner.adaptation.of(call)
                    prepared = self._replica.engine.prepare(made.address, made.method.name, manner.interface)
                except Rejected as error:
                    self._flush(waiting, done)
                    done.append(error)
                    adaptations.append(None)
                    continue
                adaptations.append(manner.adaptation)
                address, name, arguments = made.address, made.method.name, _arguments(made)
                if prepared.is_query:
                    self._flush(waiting, done)
                    done.append(_result(self._replica.query(address, name, arguments, manner.interface)))
                else:
                    waiting.append(entries.Input(address.machine, address.key, name, arguments, manner.interface))
            self._flush(waiting, done)
            return [
                outcome if adaptation is None else adaptation.outcome(call, outcome)
                for call, adaptation, outcome in zip(calls, adaptations, done, strict=True)
            ]

    def state(self, binding: Binding, address: Address) -> Any:
        """The state of an instance. Raises Stale where it is not of the binding's type."""
        with self.lock:
            type_, state = self._replica.engine.state(address)
        if type_ is not binding.program.state:
            raise Stale(
                f"the state of {address} is not that of this version of {binding.machine.__name__}: the version that "
                "runs has other fields; take it with the class that runs"
            )
        return state

    def _manner(self, binding: Binding, address: Address) -> _Manner:
        """How the calls of a class are made. Raises Rejected where there is no such machine.

        A node reads what a client announces; here both are at hand.
        """
        engine = self._replica.engine
        machine = engine.machine(binding.program.name)
        version = known_version(engine.catalog, machine, binding.id, binding.program.origin)
        runs, rollout = machine.program_of(address.key), machine.rollout
        is_behind = rollout is not None and version is rollout.after and runs is rollout.before
        if version is not None and distance(machine, version) is not None and not is_behind:
            return _Manner(version.id)
        key = (binding, runs.id, is_behind)
        found = self._manners.get(key)
        if found is None:
            adaptation = Adaptation(binding, runs.verified.program, rolled_out=is_behind)
            found = self._manners[key] = _Manner(runs.id, adaptation)
        return found

    def _flush(self, waiting: list[entries.Input], done: list[Any]) -> None:
        done += map(_result, self._replica.commit(waiting))
        waiting.clear()


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the calls of a class are made: for which interface, and what they are turned into before."""

    interface: str
    adaptation: Adaptation | None = None


def _arguments(call: Call) -> tuple[Any, ...]:
    given = call.arguments
    return tuple(given[each.name] if each.name in given else _default(each) for each in call.method.parameters)


def _default(parameter: Parameter) -> Any:
    # Binding the Python arguments has made sure that only what has a default is left out.
    assert parameter.default is not None
    return parameter.default.value


def _rolled_back(done: outcomes.RolledBack) -> RolledBack:
    return RolledBack(done.machine, done.from_id, done.to_id, done.position, done.undone, done.way, done.instances)


def _result(outcome: outcomes.Outcome) -> Any:
    match outcome:
        case outcomes.Returned():
            return outcome.value
        case outcomes.RefusedBy() | outcomes.Trapped() | outcomes.StaleInput() | outcomes.Void():
            return outcomes.error_of(outcome)
        case (
            outcomes.Deployed()
            | outcomes.Upgraded()
            | outcomes.RolledBack()
            | outcomes.Steered()
            | outcomes.Set()
            | outcomes.Restored()
            | outcomes.Released()
            | outcomes.TakenBack()
            | outcomes.Retired()
            | outcomes.Deleted()
        ):
            raise Fault(f"an input had the outcome {outcome!r}")
        case _:
            assert_never(outcome)
