"""Reading a journal that belongs to somebody else, who may be writing to it.

What is read is what was there when reading began. Nothing is changed, and nobody is kept from anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from camshaft.errors import Rejected
from camshaft.journal.journal import Batch
from camshaft.journal.sqlite import FILE_NAME, examine, open_for_reading, read_batches


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
        self.end = examine(self._path, None)
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
