"""How far a journal may be cut off, and cutting it off.

What a journal holds is history from a snapshot on: its **base**, the state that everything after it follows from. The
records before the base can go, where nobody needs them. The base is a snapshot that is

- not one of the newest alone: recovery can begin at a later one and, where that is damaged, at this;
- not later than any upgrade that can still be taken back by replay, which reads the inputs since then;
- not in the middle of a replay that happened: whoever goes through the history again comes by it once more;
- as old as the operator said that history is to be kept.

The base stays for as long as the journal begins there. Rule: nothing here decides what an entry means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from camshaft.bytecode.rollback import REPLAY
from camshaft.errors import Rejected
from camshaft.journal.journal import Batch
from camshaft.journal.snapshots import Retention, Snapshots
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import decode_batch
from camshaft.runtime.instances import Machine
from camshaft.runtime.recovery import Link, head_of
from camshaft.runtime.replica import Replica
from camshaft.runtime.rollback import ROLLED_BACK

_MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Good:
    """A snapshot that belongs to a journal: its position, and the batch that ends there."""

    position: int
    batch: Batch


class Truncation:
    """Cuts a replica's journal off."""

    __slots__ = ("_replica", "_retention")

    def __init__(self, replica: Replica, retention: Retention) -> None:
        self._replica = replica
        self._retention = retention

    def base(self) -> int | None:
        """The position of the snapshot that history may begin at, 0 where there is none; None where nobody asks."""
        if self._replica.journal.begin == 0 and self._retention.is_everything:
            return None
        found = self._base()
        return 0 if found is None else found.position

    def begin(self) -> bool:
        """Let the replica remove what is before the base, little by little; whether there is anything to remove."""
        replica, found = self._replica, self._base()
        if found is not None and found.batch.position > replica.journal.begin:
            replica.removes_before = found.batch.position
        return replica.removes_before > 0

    def _base(self) -> Good | None:
        replica = self._replica
        if replica.snapshots is None:
            return None
        good = list(good_snapshots(replica.snapshots, replica.batch_at))
        for one in good[1:]:
            if self._is_free(one):
                return one
        # What a journal begins at already stays what it begins at.
        return good[-1] if good and replica.journal.begin > 0 else None

    def _is_free(self, one: Good) -> bool:
        engine, journal = self._replica.engine, self._replica.journal
        if any(one.position > batch for batch in replayable(engine)):
            return False
        if any(begin < one.position <= end for begin, end in replayed(engine)):
            return False
        entries = journal.next_position - one.position
        share = entries / max(1, journal.next_position - journal.begin)
        age_us = self._replica.now_us() - decode_batch(one.batch.payload).time_us
        return self._retention.lets_go(entries, int(share * journal.used_bytes), age_us / _MICROSECONDS)


def good_snapshots(snapshots: Snapshots, batch_at: Callable[[int], Batch | None]) -> Iterator[Good]:
    """The snapshots that belong to a journal, newest first, by their heads: the rest of them is not looked at."""
    for position, path in snapshots.newest_first():
        try:
            head = head_of(path)
            batch = batch_at(head.link.batch)
        except Rejected:
            continue
        if batch is not None and batch.end == head.position == position and Link.to(batch) == head.link:
            yield Good(position, batch)


def replayable(engine: Engine) -> Iterator[int]:
    """The positions of the batches from which a rollback by replay may read."""
    for machine in engine.machines.values():
        yield from (one.batch for one in machine.undoable if REPLAY in one.ways)


def replayed(engine: Engine) -> Iterator[tuple[int, int]]:
    """Of each rollback by replay that happened, the positions of the upgrade that it took back and of itself."""
    for machine in engine.machines.values():
        yield from _replayed(machine)


def _replayed(machine: Machine) -> Iterator[tuple[int, int]]:
    forward: list[tuple[int, str, str]] = []
    for record in machine.history:
        if not record.changed_program:
            continue
        if forward and record.kind != "upgrade" and forward[-1][1:] == (record.to_id, record.from_id):
            position, _, _ = forward.pop()
            if record.outcome.startswith(f"{ROLLED_BACK} {REPLAY}"):
                yield position, record.position
        else:
            forward.append((record.position, record.from_id, record.to_id))
