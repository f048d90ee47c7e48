"""The power cut at any operation of a node's life that was recorded, with what it had sent to its clients by then.

Each outcome of a cut is a data directory. What is recovered from it is a journal that was, up to some position, and the
state of just that; everything that had been promised by then is in it. With `always` that is what was sent to clients,
with `everysec` what had been sent when the last sync was over; a killed process has it all in either mode.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import hiredis

from camshaft.journal.journal import Batch
from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.entries import decode_batch
from camshaft.runtime.replica import Replica
from torture.book import Asked, Book, Identity, identity_of, position_told
from torture.history import History, picture
from torture.lives import Lives, record_of_heir
from torture.power import Disk
from torture.shim import Failing
from torture.trace import Numbered, Operation, Sent, Sync, in_order, read_record

_LOG: Final = "journal.sqlite-wal"
_NO_REPLY: Final = object()
_AHEAD: Final = "node: milliseconds of answers ahead of the disk at most, with everysec"
_RECOVERED: Final = 0.25
"""Of the outcomes: from so many everything is recovered, the states too; of the others the journal alone is read."""


@dataclass
class RecordedLife:
    """What a node did in a life, on a disk as it was before, and how that ended."""

    disk: Disk
    trace: Sequence[Operation | Sent]
    book: Book
    history: History
    is_synced_behind: bool
    handing_over: range
    """The moments from the first thing that a process did which took it over to the last that its own one did."""

    @property
    def operations(self) -> list[Operation]:
        """What it did to its directory."""
        return [each for each in self.trace if not isinstance(each, Sent)]

    @property
    def moments(self) -> int:
        """How many times there are to cut the power."""
        return len(self.trace) + 1


def record_life(lives: Lives, failing: Failing | None = None, *, has_heir: bool = False) -> RecordedLife:
    """One more life of a directory, recorded; with the process that takes the node over, where there is to be one."""
    lives.data.mkdir(exist_ok=True)
    disk, record = Disk(lives.data), lives.within / "record"
    records = [record, record_of_heir(record)]
    for each in records:
        each.unlink(missing_ok=True)
    lives.history.keep_pictures()
    lives.live(failing, record, has_heir=has_heir)
    own, heirs = (read_record(each) if each.exists() else [] for each in records)
    trace = in_order(own, heirs)
    return RecordedLife(disk, trace, lives.book, lives.history, lives.is_synced_behind, _handing_over(own, heirs))


def _handing_over(own: Sequence[Numbered], heirs: Sequence[Numbered]) -> range:
    if not heirs:
        return range(0)
    before = sum(number < heirs[0][0] for number, _ in own)
    after = sum(number > own[-1][0] for number, _ in heirs)
    return range(before, len(own) + len(heirs) - after + 1)


def cut_life(
    life: RecordedLife, within: Path, cuts: Sequence[int], each: int, choose: Random, seen: Counter[str] | None = None
) -> int:
    """Cut the power after so many operations, for each of `cuts`, with so many outcomes; returns how many rounds.

    With `everysec`, `seen` is told how many milliseconds of answers were ahead of the disk at most.
    """
    promises = _Promises(life)
    rounds, done = 0, 0
    for cut in sorted(cuts):
        for operation in life.trace[done:cut]:
            if isinstance(operation, Sent):
                promises.sent(operation)
            else:
                life.disk.perform(operation)
                promises.performed(operation)
        done = cut
        for outcome in range(each + 1):
            directory = within / "cut"
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
            if outcome == 0:
                life.disk.as_seen(directory)
                promised = promises.end
            else:
                life.disk.after_power_cut(directory, choose)
                promised = promises.durable_end
            where = f"cut {cut}, outcome {outcome}"
            _check(life, directory, promised, where, is_recovered=choose.random() < _RECOVERED)
            rounds += 1
    if seen is not None and life.is_synced_behind:
        seen[_AHEAD] = max(seen[_AHEAD], promises.widest_us // 1_000)
    return rounds


class _Promises:
    """Up to where the journal must be there, whatever happens now."""

    def __init__(self, life: RecordedLife) -> None:
        self._life = life
        first = min(life.history.pictures or {0: None})
        self.end = self._synced = first
        self._ends: dict[Identity, int] = dict(self._ends_of(life))
        self._since_us: int | None = None
        """When the first answer was sent that no sync has covered."""
        self.widest_us = 0
        """The longest time that answers spanned of which none was on the disk yet."""
        self._owed: dict[int, Iterator[Asked]] = {}
        self._readers: dict[int, hiredis.Reader] = {}

    @property
    def durable_end(self) -> int:
        """Of what must survive the machine."""
        return self._synced if self._life.is_synced_behind else self.end

    def performed(self, operation: Operation) -> None:
        """A sync is over, or something else is done."""
        if operation == Sync(_LOG):
            self._synced, self._since_us = self.end, None

    def sent(self, sent: Sent) -> None:
        """A client has these bytes, and relies on every answer that is whole."""
        if sent.port not in self._readers:
            self._readers[sent.port] = hiredis.Reader(notEnoughData=_NO_REPLY)
            connection = self._life.book.ports.get(sent.port, -1)
            self._owed[sent.port] = iter(self._life.book.of_connection(connection))
        reader = self._readers[sent.port]
        reader.feed(sent.data)
        while (reply := reader.gets()) is not _NO_REPLY:
            one = next(self._owed[sent.port], None)
            if one is not None:
                self._promised(self._end(one, reply), sent.at_us)

    def _promised(self, end: int, at_us: int) -> None:
        if end > self._synced:
            self._since_us = at_us if self._since_us is None else self._since_us
            self.widest_us = max(self.widest_us, at_us - self._since_us)
        self.end = max(self.end, end)

    def _end(self, one: Asked, reply: Any) -> int:
        told = Asked(one.identity, one.words, one.is_key, one.connection, one.sent, 0, reply)
        if one.identity is None or not told.ran:
            return 0
        if one.identity[0] == "input":
            return self._ends[one.identity]
        return position_told(reply) + 1

    def _ends_of(self, life: RecordedLife) -> Iterator[tuple[Identity, int]]:
        # Of an input that came several times, the first is what was promised: it comes last here.
        for each in reversed(life.history.placed):
            if each.position > 0:
                yield identity_of(each.entry), each.position + 1


def _check(life: RecordedLife, directory: Path, promised: int, where: str, *, is_recovered: bool) -> None:
    history = life.history
    with closing(SqliteJournal(directory)) as journal:
        batches = list(journal.read(journal.begin))
        known = history.batches_from(journal.begin)[: len(batches)]
        assert batches[: len(known)] == known, f"{where}: a batch is not what was written"
        for batch in batches[len(known) :]:
            _check_in_doubt(life.book, batch, where)
        end = journal.next_position
        assert end >= promised, f"{where}: {promised} entries were promised, {end} are there"
        if is_recovered or journal.begin > 0:
            replica = Replica(journal, snapshots=Snapshots(directory))
            replica.recover()
            assert history.pictures is not None
            # What was there before the recorded life has a picture of its end alone.
            if end in history.pictures:
                assert picture(replica.engine) == history.pictures[end], f"{where}: another state at position {end}"


def _check_in_doubt(book: Book, batch: Batch, where: str) -> None:
    """A batch whose sync failed may be there after a cut, and not be there after all: nobody had an answer."""
    for entry in decode_batch(batch.payload).entries:
        identity = identity_of(entry)
        ways = {one.way for one in book.asked if one.identity == identity}
        assert ways == {"no"}, f"{where}: {entry} is there, and was answered with {ways}"
