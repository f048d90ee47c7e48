"""SQLite's write-ahead log, as a file: synced, and moved into the database, at other times than SQLite would.

SQLite moves a log of some size into the database at the end of the transaction that made it so large, and whoever
waits for that one waits for two syncs and some thousand pages. A thread that does it now and then, through a connection
of its own, holds nobody up.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

MOST_PAGES: Final = 16_000
"""The size of a log that the writer itself moves, where the thread never found it at rest. SQLite begins a log anew
only when all of it was moved, and a busy writer always adds to it meanwhile; what is left for it then is little."""


class WriteAheadLog:
    """The log beside a database in write-ahead mode that this process has open."""

    def __init__(self, database: Path, sync: Callable[[int], None]) -> None:
        # A descriptor of its own, open for as long as the journal is: the kernel tells each one once that pages could
        # not be written, and SQLite makes nothing of what it is told while it moves pages from the log to the file.
        # Closing it gives up no lock: SQLite has these on other files.
        self._descriptor = os.open(database.with_name(f"{database.name}-wal"), os.O_RDONLY)
        self._sync = sync
        self._mover: sqlite3.Connection | None = None

    def sync(self) -> None:
        """Make all that was written to the log durable. Raises OSError where that fails."""
        self._sync(self._descriptor)

    @property
    def is_removed(self) -> bool:
        """Whether the file has no name any more: what is written to it ends with this process."""
        return os.fstat(self._descriptor).st_nlink == 0

    def moved_by(self, mover: sqlite3.Connection) -> Callable[[], None]:
        """What syncs the log and moves it into the database, through a connection that is the log's from here on.

        It raises OSError or sqlite3.Error where that fails.
        """
        self._mover = mover
        return self._sync_and_move

    def _sync_and_move(self) -> None:
        self.sync()
        assert self._mover is not None
        try:
            self._mover.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            # Without room in the database all stays in the log, where it is durable. The writer finds out by itself.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
                raise

    def close(self) -> None:
        """Close the file, and the connection. Closing twice is allowed."""
        if self._mover is not None:
            self._mover.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
