"""A journal in memory: for tests, and for nodes that nobody expects to survive their process."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from camshaft.journal.journal import Batch, Durability, JournalFailed, check_append


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
    def next_position(self) -> int:
        """The position that the next entry gets."""
        return self._next_position

    def append(self, expected_position: int, count: int, payload: bytes) -> None:
        """Keep a batch; see `Journal.append`."""
        if self._closed:
            raise JournalFailed("the journal is closed")
        check_append(self._next_position, expected_position, count)
        self._batches.append(Batch(expected_position, count, payload))
        self._next_position += count

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, in order."""
        start = bisect_left(self._batches, from_position, key=lambda batch: batch.position)
        yield from self._batches[start:]

    def close(self) -> None:
        """Take no more batches."""
        self._closed = True
