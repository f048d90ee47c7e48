"""A journal in memory: for tests, and for nodes that nobody expects to survive their process."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from camshaft.journal.journal import Batch, Durability, JournalFailed, RemovedEntries, check_append


class MemoryJournal:
    """Batches in a list. Durable for as long as the process lives."""

    __slots__ = ("_batches", "_closed", "_next_position")

    durability = Durability.MEMORY
    synced_position = 0
    sync_s = 0.0

    def __init__(self) -> None:
        self._batches: list[Batch] = []
        self._next_position = 0
        self._closed = False

    @property
    def begin(self) -> int:
        """The position of its first entry."""
        return self._batches[0].position if self._batches else 0

    @property
    def next_position(self) -> int:
        """The position that the next entry gets."""
        return self._next_position

    @property
    def used_bytes(self) -> int:
        """The bytes of its batches."""
        return sum(len(batch.payload) for batch in self._batches)

    def append(self, expected_position: int, count: int, payload: bytes) -> None:
        """Keep a batch; see `Journal.append`."""
        if self._closed:
            raise JournalFailed("the journal is closed")
        check_append(self._next_position, expected_position, count)
        self._batches.append(Batch(expected_position, count, payload))
        self._next_position += count

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, in order."""
        if from_position < self.begin:
            raise RemovedEntries(None, from_position, self.begin)
        start = bisect_left(self._batches, from_position, key=lambda batch: batch.position)
        yield from self._batches[start:]

    def remove_before(self, position: int) -> bool:
        """Remove the oldest batch where it ends at or before a position; see `Journal.remove_before`."""
        if self._closed:
            raise JournalFailed("the journal is closed")
        if len(self._batches) < 2 or self._batches[0].end > position:
            return False
        del self._batches[0]
        return True

    def close(self) -> None:
        """Take no more batches."""
        self._closed = True
