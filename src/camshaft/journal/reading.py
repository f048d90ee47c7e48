"""Reading a journal that belongs to somebody else, who may be writing to it.

What is read is what was there when reading began. Nothing is changed, and nobody is kept from anything.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

from camshaft.errors import Rejected
from camshaft.journal.directory import read_mark
from camshaft.journal.file import FILE_NAME, examine, open_for_reading, read_batches
from camshaft.journal.journal import Batch, Durability, JournalFailed
from camshaft.journal.log import WriteAheadLog


class Readable(Protocol):
    """A journal, or a part of one, that can be read: a data directory, a slice."""

    @property
    def end(self) -> int:
        """The position after its last entry."""

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, in order."""

    def close(self) -> None:
        """Let go of it."""


class DirectoryReader:
    """The journal of a data directory, as far as it has come, whether a node runs on it or not."""

    def __init__(self, data_dir: Path) -> None:
        """Raises `Rejected` where there is none, `UnknownFormat`, or `DamagedJournal`."""
        self._path = data_dir / FILE_NAME
        if not self._path.is_file():
            raise Rejected(f"there is no journal in {data_dir}: {FILE_NAME} is missing")
        # The mark is not looked at: a node that runs on the directory may be ahead of what it says by now.
        self.begin, self.end = examine(self._path, None)
        self._connection = open_for_reading(self._path)

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position and were there at the beginning."""
        for batch in read_batches(self._connection, self._path, from_position):
            if batch.end > self.end:
                return
            yield batch

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


class FollowedJournal:
    """The journal of a directory that another process owns, as far as it has come at each look: an engine can follow.

    It is a `Journal` that takes nothing.
    """

    durability: Final = Durability.MEMORY
    """What a batch survives once `append` has returned, which it never does."""
    sync_s: Final = 0.0

    def __init__(self, data_dir: Path) -> None:
        """Raises `UnknownFormat`, or `DamagedJournal` also where the journal ends before its mark."""
        self._path = data_dir / FILE_NAME
        self.directory = data_dir
        # The mark is read before the file: what was durable by then is there.
        mark = read_mark(data_dir)
        examine(self._path, mark)
        self._connection = open_for_reading(self._path)

    @property
    def begin(self) -> int:
        """The position of the first entry that is there now."""
        return examine(self._path, None)[0]

    @property
    def next_position(self) -> int:
        """The number of entries so far, also of those that were removed."""
        return examine(self._path, None)[1]

    @property
    def used_bytes(self) -> int:
        """The bytes of the file."""
        return self._path.stat().st_size

    @property
    def synced_position(self) -> int:
        """Nothing is known of what the owner has synced."""
        return 0

    def append(self, expected_position: int, count: int, payload: bytes) -> None:  # noqa: ARG002 - takes no batch
        """Raises `JournalFailed`: the journal is another process's to write."""
        raise JournalFailed(f"{self._path} belongs to another process, and is read only")

    def remove_before(self, position: int) -> bool:  # noqa: ARG002 - removes no batch
        """Raises `JournalFailed`: the journal is another process's to cut off."""
        raise JournalFailed(f"{self._path} belongs to another process, and is read only")

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position and are there when this begins to read."""
        return read_batches(self._connection, self._path, from_position)

    def sync(self) -> None:
        """Make durable what the owner has written by now, so that there is little left to sync for whoever opens it."""
        with closing(WriteAheadLog(self._path, os.fdatasync)) as log:
            log.sync()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
