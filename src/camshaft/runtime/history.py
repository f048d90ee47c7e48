"""Journals from which the oldest entries were removed, as ones that begin at the beginning.

What was removed is stood for by a single batch: it restores the snapshot that the rest follows from (see
`entries.Restore`). So whoever goes through a journal from its beginning goes through one of these as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from camshaft.journal.journal import Batch, RemovedEntries
from camshaft.journal.reading import DirectoryReader, Readable
from camshaft.journal.snapshots import DamagedSnapshot, NoBeginning, Snapshots, read_frames
from camshaft.runtime.entries import Restore, encode_batch
from camshaft.runtime.replica import Replica
from camshaft.runtime.snapshot import without_kept
from camshaft.runtime.truncation import good_snapshots


class Begun:
    """A journal that begins with the state at a position."""

    def __init__(self, source: Readable, first: Batch) -> None:
        self._source = source
        self._first = first
        self.begin = first.end
        """The position since which there is history."""
        self.end = source.end

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, in order. Raises `RemovedEntries`."""
        if 0 < from_position < self.begin:
            raise RemovedEntries(None, from_position, self.begin)
        if from_position == 0:
            yield self._first
        yield from self._source.read(max(from_position, self.begin))

    def close(self) -> None:
        """Let go of the journal."""
        self._source.close()


def history_in(data_dir: Path) -> Readable:
    """The journal of a data directory, as far as it has come, from its beginning or from its oldest good snapshot on.

    Raises `Rejected` where there is none, or no snapshot that it follows.
    """
    with ExitStack() as undo:
        reader = DirectoryReader(data_dir)
        undo.callback(reader.close)

        def batch_at(position: int) -> Batch | None:
            batch = next(reader.read(position), None)
            return batch if batch is not None and batch.position == position else None

        def first() -> Batch:
            snapshots = Snapshots(data_dir)
            return _first(snapshots, _good(snapshots, batch_at), reader.begin)

        found = reader if reader.begin == 0 else Begun(reader, first())
        undo.pop_all()
        return found


def first_of(replica: Replica) -> Callable[[], Batch]:
    """What reads the batch that stands for what was removed from a replica's journal, from a snapshot; it raises
    `Rejected` where there is none. The journal is looked at now, and not by that."""
    assert replica.snapshots is not None
    return partial(_first, replica.snapshots, _good(replica.snapshots, replica.batch_at), replica.journal.begin)


def _good(snapshots: Snapshots, batch_at: Callable[[int], Batch | None]) -> list[int]:
    """The positions of the snapshots that belong to a journal, oldest first."""
    return [good.position for good in good_snapshots(snapshots, batch_at)][::-1]


def _first(snapshots: Snapshots, good: Sequence[int], begin: int) -> Batch:
    for position in good:
        try:
            return _standing_for(snapshots.path(position), position)
        except DamagedSnapshot:
            continue
    raise NoBeginning(begin)


def _standing_for(path: Path, position: int) -> Batch:
    """The batch that stands for everything before the position of a snapshot."""
    _, *pieces = read_frames(path)
    time_us, data = without_kept(b"".join(pieces))
    return Batch(0, position, encode_batch([Restore(position, data)], time_us, b""))
