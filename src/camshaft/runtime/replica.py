"""A replica: an engine and the journal that feeds it.

Commit appends, waits until the batch is durable, and applies it: what is in the engine is in the journal. A clock
and a source of seeds are given, since nothing below may read one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from camshaft.bytecode.release import decode_release
from camshaft.bytecode.rollback import ReleaseRollbackPlan, RollbackPlan, check_rollback_id
from camshaft.bytecode.rollout_report import RolloutReport
from camshaft.bytecode.upgrade import decode_upgrade
from camshaft.errors import Fault, Rejected
from camshaft.journal.journal import Batch, Journal, JournalFailed
from camshaft.journal.snapshots import NoBeginning, Snapshots
from camshaft.runtime import migration
from camshaft.runtime.deletion import check_deletion
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import (
    Deletion,
    Deploy,
    Entries,
    Entry,
    Release,
    ReleaseRollback,
    Retirement,
    Rollback,
    Setting,
    Steer,
    Upgrade,
    encode_batch,
)
from camshaft.runtime.outcomes import (
    Deleted,
    Deployed,
    Outcome,
    RefusedBy,
    Released,
    Retired,
    Returned,
    RolledBack,
    Set,
    StaleInput,
    Steered,
    TakenBack,
    Trapped,
    Upgraded,
    Void,
)
from camshaft.runtime.past import decoded
from camshaft.runtime.preparation import Preparation
from camshaft.runtime.recovery import Link, frames, newest_good, obstacle
from camshaft.runtime.releases import of_member
from camshaft.runtime.retirement import check_retirement
from camshaft.runtime.rollback_plan import plan_release_rollback, plan_rollback
from camshaft.runtime.rollouts import report_of, rollout_of
from camshaft.runtime.settings import check_setting
from camshaft.runtime.upgrade import prepare
from camshaft.runtime.upgrade_plan import Planning
from camshaft.values.address import Address
from camshaft.values.collector import without_collections

_Success = TypeVar("_Success", Released, Deployed, Upgraded, RolledBack, TakenBack, Steered, Set, Retired, Deleted)


def wall_clock_us() -> int:
    """The time in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def random_seed() -> bytes:
    """16 random bytes."""
    return os.urandom(16)


class Replica:
    """An engine whose every change is in a journal first."""

    __slots__ = (
        "_clock_us",
        "_last_batch",
        "_seed",
        "engine",
        "journal",
        "removes_before",
        "snapshot_position",
        "snapshots",
        "unusable",
        "written_bytes",
    )

    def __init__(
        self,
        journal: Journal,
        clock_us: Callable[[], int] = wall_clock_us,
        seed: Callable[[], bytes] = random_seed,
        snapshots: Snapshots | None = None,
    ) -> None:
        """`snapshots` are those of the journal's directory; without them, recovery reads the whole journal."""
        self.journal = journal
        self.snapshots = snapshots
        self.snapshot_position = 0
        """That of the last snapshot that is known to be good, 0 where there is none."""
        self.unusable: list[str] = []
        """What was wrong with the snapshots that recovery did not use."""
        self.written_bytes = 0
        """Of batches, since the beginning of this process."""
        self.removes_before = 0
        """What the journal holds before this position is being removed; 0 where nothing is."""
        self.engine = Engine(self._past)
        self._last_batch = 0
        self._clock_us = clock_us
        self._seed = seed

    def recover(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Apply what the journal holds beyond the engine's position; returns the number of entries applied.

        A new engine begins at the newest snapshot that is good, `snapshot_position`. `progress` is called after each
        batch with the entries applied so far and their total. Raises `DamagedJournal` where the journal is damaged,
        `Rejected` where a later version of Camshaft wrote it.
        """
        with without_collections():
            if self.engine.position == 0:
                self._begin_at_snapshot()
                if self.engine.position < self.journal.begin:
                    raise NoBeginning(self.journal.begin, self.unusable)
            engine = self.engine
            start = engine.position
            total = self.journal.next_position - start
            for position, batch in self._read(start):
                engine.apply(position, batch)
                self._last_batch = position
                if progress is not None:
                    progress(engine.position - start, total)
        return engine.position - start

    def _begin_at_snapshot(self) -> None:
        if self.snapshots is None:
            return
        begun = newest_good(self.snapshots, self.journal, self.batch_at, self._past, self.unusable)
        if begun is not None:
            self.engine, self._last_batch = begun
            self.snapshot_position = self.engine.position

    def batch_at(self, position: int) -> Batch | None:
        """The batch that begins at a position, None where none does. Raises `Rejected` where it was removed."""
        batch = next(self.journal.read(position), None)
        return batch if batch is not None and batch.position == position else None

    def snapshot_writer(self, base: int | None = None) -> Callable[[], Path]:
        """What writes a snapshot of the present state, which must not change until it has; it raises OSError.

        `base` is where history may begin, as `Snapshots.prune` has it. Raises `Rejected` where there can be none now.
        """
        engine, snapshots = self.engine, self.snapshots
        reason = "this node's journal is in memory" if snapshots is None else obstacle(engine)
        if snapshots is None or reason is not None:
            raise Rejected(f"no snapshot can be made: {reason}")
        batch = self.batch_at(self._last_batch)
        if batch is None or batch.end != engine.position:
            raise JournalFailed(f"the journal could not be read back: no batch ends at position {engine.position}")
        return partial(snapshots.write, engine.position, frames(engine, Link.to(batch)), base)

    @property
    def is_behind(self) -> bool:
        """Whether `advance` may have something to do."""
        return self.engine.is_behind or self.removes_before > 0

    def advance(self) -> bool:
        """Do a little of what was put off; whether there may be more. See `Engine.advance`, `Journal.remove_before`."""
        if self.engine.advance():
            return True
        if self.removes_before and not self.journal.remove_before(self.removes_before):
            self.removes_before = 0
        return self.is_behind

    def now_us(self) -> int:
        """The time by the node's clock."""
        return self._clock_us()

    def _read(self, start: int) -> Iterator[tuple[int, Entries]]:
        return decoded(self.journal.read(start))

    def _past(self, start: int) -> Iterator[tuple[int, Entries]]:
        """What the journal holds from a batch on, for the fold.

        What it holds before the engine's position was read before, or written by this process: where it cannot be read
        now, the medium has failed, and that is nobody's mistake.
        """
        try:
            yield from self._read(start)
        except Rejected as error:
            raise JournalFailed(f"the journal could not be read back: {error}") from error

    def commit(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Write entries as one batch, wait until it is durable, apply it; returns what became of each.

        Raises what `Journal.append` does; then nothing was applied.
        """
        if not entries:
            return []
        engine = self.engine
        # Time never runs backwards in a journal, whatever the clock of the node does.
        time_us = max(self._clock_us(), engine.time_us)
        seed = self._seed()
        position = engine.position
        payload = encode_batch(entries, time_us, seed)
        self.journal.append(position, len(entries), payload)
        self.written_bytes += len(payload)
        self._last_batch = position
        return engine.apply(position, Entries(time_us, seed, entries))

    def query(
        self, address: Address, method: str, arguments: tuple[Any, ...], interface: str | None = None
    ) -> Returned | RefusedBy | Trapped | StaleInput:
        """`Engine.query` now, by the node's clock, with a seed of its own."""
        return self.engine.query(address, method, arguments, self._when, interface)

    def _when(self) -> tuple[int, bytes]:
        return self._clock_us(), self._seed()

    def deploy(self, program: bytes, caller: str = "") -> Deployed:
        """Check a program, and deploy it as a new machine; a machine that runs it already is left alone.

        Raises `Rejected` where it is not acceptable.
        """
        loaded = self.engine.check_deployment(program)
        if loaded.name in self.engine.machines:
            return Deployed(loaded.name, loaded.id)
        (outcome,) = self.commit([Deploy(program, caller)])
        return _success(Deployed, outcome)

    def upgrade(self, data: bytes, caller: str = "") -> Upgraded:
        """Check an upgrade, rehearse it, and propose it to the journal; a repeated one gets its first answer.

        Raises `Rejected` where it is not acceptable, whether that was found before or by the fold.
        """
        answer = self.engine.answer(decode_upgrade(data).id, data)
        if answer is not None:
            return _success(Upgraded, answer)
        self.engine.check_upgrade(data)
        (outcome,) = self.commit([Upgrade(data, caller)])
        return _success(Upgraded, outcome)

    def release(self, data: bytes, caller: str = "") -> Released:
        """Check a release and propose it to the journal; a repeated one gets its first answer.

        Raises `Rejected` where it is not acceptable, whether that was found before or by the fold.
        """
        answer = self.engine.answer(decode_release(data).id, data)
        if answer is not None:
            return _success(Released, answer)
        self.engine.check_release(data)
        (outcome,) = self.commit([Release(data, caller)])
        return _success(Released, outcome)

    def load(self, data: bytes) -> Iterator[None]:
        """Verify and compile beforehand what an upgrade brings, in steps of a few milliseconds. Raises `Rejected`."""
        upgrade = decode_upgrade(data)
        yield from self.engine.catalog.loading(upgrade.program)
        for code in (upgrade.migration, upgrade.downgrade):
            if code is not None:
                yield
                migration.load(code)

    def prepare(self, data: bytes) -> Preparation | None:
        """What works out beforehand, an instance at a time, the states that an upgrade would give.

        `upgrade` does without it, in one go. None where there is nothing to work out. Raises `Rejected` where the
        upgrade is not acceptable whatever the states are.
        """
        upgrade = decode_upgrade(data)
        if self.engine.answer(upgrade.id, data) is not None:
            return None
        return prepare(self.engine.catalog, self.engine.machines, upgrade)

    def prepare_release(self, data: bytes) -> Iterator[Preparation]:
        """As `prepare`, for each of the upgrades of a release. Raises `Rejected` where it is none, or names the machine
        whose upgrade is not acceptable."""
        release = decode_release(data)
        if self.engine.answer(release.id, data) is not None:
            return
        for upgrade in release.decoded:
            with of_member(upgrade.machine):
                preparation = prepare(self.engine.catalog, self.engine.machines, upgrade)
            if preparation is not None:
                yield preparation

    def planning(self, data: bytes, clock_s: Callable[[], float]) -> Planning:
        """What finds out what an upgrade would do, an instance at a time. Raises `Rejected` as `prepare` does."""
        return Planning(self.engine.catalog, self.engine.machines, decode_upgrade(data), clock_s)

    def rollback(
        self, id_: str, machine: str, undone: int, way: str, caller: str = "", *, machine_only: bool = False
    ) -> RolledBack:
        """Check a rollback and propose it to the journal; a repeated one gets its first answer.

        `undone` is the position of the upgrade to take back; `machine_only` allows one that is part of a release.
        Raises `Rejected` where it is not acceptable, whether that was found before or by the fold.
        """
        check_rollback_id(id_)
        entry = Rollback(id_, machine, undone, way, caller, machine_only=machine_only)
        answer = self.engine.answer(id_, entry.asked)
        if answer is not None:
            return _success(RolledBack, answer)
        self.engine.check_rollback(machine, undone, way, machine_only)
        (outcome,) = self.commit([entry])
        return _success(RolledBack, outcome)

    def rollback_release(
        self, id_: str, release: str, ways: tuple[tuple[str, str], ...], caller: str = ""
    ) -> TakenBack:
        """Check the rollback of a release and propose it to the journal; a repeated one gets its first answer.

        `release` is its whole id; `ways` has each machine that goes back, with the way. Raises `Rejected` as above.
        """
        check_rollback_id(id_)
        check_rollback_id(release, "a release")
        entry = ReleaseRollback(id_, release, ways, caller)
        answer = self.engine.answer(id_, entry.asked)
        if answer is not None:
            return _success(TakenBack, answer)
        self.engine.check_release_rollback(release, dict(ways))
        (outcome,) = self.commit([entry])
        return _success(TakenBack, outcome)

    def plan_release_rollback(self, named: str, way: str | None = None) -> ReleaseRollbackPlan:
        """What taking back a release, named by its id's first digits, would do and lose. Raises `Rejected`."""
        return plan_release_rollback(self.engine, named, way)

    def steer(self, entry: Steer) -> Steered:
        """Check what is to be done about a rollout and propose it to the journal; a repeated one gets its first answer.

        Raises `Rejected` where it is not possible, whether that was found before or by the fold.
        """
        check_rollback_id(entry.id, "a step of a rollout")
        answer = self.engine.answer(entry.id, entry.asked)
        if answer is not None:
            return _success(Steered, answer)
        self.engine.check_steering(entry)
        (outcome,) = self.commit([entry])
        return _success(Steered, outcome)

    def rollout(self, machine: str) -> RolloutReport:
        """How the rollout of a machine stands. Raises `Rejected` where none is under way."""
        now_us = max(self._clock_us(), self.engine.time_us)
        return report_of(rollout_of(self.engine.machine(machine)), now_us)

    def plan_rollback(self, machine: str, way: str | None = None) -> RollbackPlan:
        """What a rollback would do and lose; nothing changes. Raises `Rejected` where it is not possible."""
        return plan_rollback(self.engine, machine, way)

    def set_fuel(self, machine: str, fuel: int | None, caller: str = "") -> Set:
        """Set the units of fuel that one input of a machine may use from here on; None: the default.

        Raises `Rejected` where there is no such machine, or no such budget.
        """
        self.engine.machine(machine)
        check_setting(fuel)
        (outcome,) = self.commit([Setting(machine, fuel, caller)])
        return _success(Set, outcome)

    def retire(self, machine: str, interface: str, *, retired: bool = True, caller: str = "") -> Retired:
        """Serve clients of a version of a machine, the id of its program, no longer from here on, or again.

        Raises `Rejected` where there is no such machine or version, it runs, or it is so already.
        """
        check_retirement(self.engine.catalog, self.engine.machine(machine), interface, retired=retired)
        (outcome,) = self.commit([Retirement(machine, interface, retired, caller)])
        return _success(Retired, outcome)

    def delete(self, address: Address, caller: str = "") -> Deleted:
        """Let an instance be no more. Raises `Rejected` where there is none."""
        check_deletion(self.engine.machine(address.machine), address.key)
        (outcome,) = self.commit([Deletion(address.machine, address.key, caller)])
        return _success(Deleted, outcome)

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()


def _success(kind: type[_Success], outcome: Outcome) -> _Success:
    if isinstance(outcome, kind):
        return outcome
    if isinstance(outcome, Void):
        raise Rejected(outcome.reason)
    raise Fault(f"a {kind.__name__} was due, not {outcome!r}")
