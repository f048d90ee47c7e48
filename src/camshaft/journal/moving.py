"""Moving a log into its database while somebody goes on writing to it, for journals that sync each batch.

A thread moves what is in the log, and once more what came meanwhile. SQLite begins a log anew only when all of it was
moved, and a busy writer always adds to it: so the writer itself moves the little that is left, between two batches. A
log that is begun anew is written over and does not grow, which makes each sync of it faster.

Rule: a move that failed is never tried again; see `syncing`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Final

MOVED_BYTES: Final = 1 << 20
"""A log that has grown by so much is moved."""
_PASSES: Final = 2
"""The second pass moves what came during the first; what comes during the second is little, and left to the writer."""
_PAGE_BYTES: Final = 4_096


def move(connection: sqlite3.Connection) -> None:
    """Move what is in the log by now, without waiting for anybody.

    Raises `sqlite3.Error`, but not where there is no room: then all stays in the log, where it is durable.
    """
    try:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_FULL:
            raise


class Mover:
    """Moves a log when it has grown. One thread writes, and tells how much."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """`connect` gives the connection that the thread moves pages by."""
        self._connect = connect
        self._bytes = 0
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def written(self, payload_bytes: int) -> None:
        """A batch was written. Raises what ended an earlier move."""
        if self._error is not None:
            raise self._error
        self._bytes += payload_bytes + 2 * _PAGE_BYTES
        if self._bytes >= MOVED_BYTES and self._thread is None:
            self._bytes = 0
            self._thread = threading.Thread(target=self._run, name="camshaft-move", daemon=True)
            self._thread.start()

    def finish(self, writer: sqlite3.Connection) -> None:
        """Move what the thread has left, once it has: called by the writer, before a batch. Raises `sqlite3.Error`."""
        if self._thread is not None and not self._thread.is_alive():
            self._thread = None
            move(writer)

    def close(self) -> None:
        """Wait for the thread. Closing twice is allowed."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with closing(self._connect()) as connection:
                for _ in range(_PASSES):
                    move(connection)
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that writes
            self._error = error
