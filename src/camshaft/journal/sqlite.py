"""The durable journal of a single node: one SQLite file, write-ahead log, synced at each commit.

Why SQLite and not a file of our own: group commit makes the sync the cost, not the format, and SQLite's recovery
after a crash has been tested for longer than ours will be. What it does not promise is checked here: each batch
carries a checksum, positions have no gap, and the end is not before the mark (see `directory`).

An existing file is examined through a read-only connection first, so that opening a damaged one changes nothing.

With `everysec` SQLite writes a batch to its log and does not sync it; a thread does (see `syncing`, `log`). A log
that lost its end to a power cut is a shorter log: the mark is never ahead of what was synced.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path

from camshaft.errors import Rejected
from camshaft.journal.directory import DirectoryLock, HighWaterMark, read_mark, sync_directory
from camshaft.journal.file import APPLICATION_ID, FILE_NAME, code_of, connect, examine, read_batches
from camshaft.journal.journal import (
    Batch,
    DamagedJournal,
    Durability,
    JournalFailed,
    JournalFull,
    check_append,
    checksum,
)
from camshaft.journal.log import MOST_PAGES, WriteAheadLog
from camshaft.journal.moving import Mover
from camshaft.journal.removal import begin_at, give_back_some, remove_some
from camshaft.journal.syncing import BackgroundSync

_FIRST_FORMAT = 1
_INSERT = "INSERT INTO batches (position, count, checksum, payload) VALUES (?, ?, ?, ?)"
_LAYOUT = f"""
PRAGMA auto_vacuum = INCREMENTAL;
BEGIN;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {_FIRST_FORMAT};
CREATE TABLE batches (
    position INTEGER PRIMARY KEY,  -- of the first entry
    count    INTEGER NOT NULL,     -- of entries
    checksum INTEGER NOT NULL,     -- CRC-32 of position, count and payload
    payload  BLOB    NOT NULL
);
COMMIT;
"""


class SqliteJournal:
    """A journal in `DIRECTORY/journal.sqlite`. Opening it makes this process the owner of the directory."""

    __slots__ = (
        "_begin",
        "_connection",
        "_failure",
        "_lock",
        "_log",
        "_mark",
        "_mover",
        "_next_position",
        "_syncing",
        "durability",
        "path",
        "sync_s",
    )

    def __init__(
        self,
        data_dir: Path | str,
        durability: Durability = Durability.ALWAYS,
        sync: Callable[[int], None] = os.fdatasync,
        lock: DirectoryLock | None = None,
    ) -> None:
        """Open or create the journal of a data directory, to be written with `always` or `everysec`.

        `sync` makes what was written to an open file durable, or raises OSError; it is for the log, where SQLite does
        not sync that itself. `lock` is the directory's, where another process has passed it. Raises `DirectoryInUse`,
        `UnknownFormat`, `DamagedJournal`, `JournalFailed`, or `Rejected` where the directory cannot be used.
        """
        directory = Path(data_dir)
        self.path = directory / FILE_NAME
        self.durability = durability
        self.sync_s = 0.0
        """How many seconds the last `append` took; 0 with `everysec`, where it waits for no sync."""
        self._failure: str | None = None
        self._syncing: BackgroundSync | None = None
        with ExitStack() as undo:
            self._lock = DirectoryLock(directory) if lock is None else lock
            undo.callback(self._lock.release)
            self._mark = HighWaterMark(directory)
            undo.callback(self._mark.close)
            self._begin, self._next_position = self._open(read_mark(directory))
            undo.callback(self._connection.close)
            self._log = WriteAheadLog(self.path, sync)
            undo.callback(self._log.close)
            self._start()
            undo.pop_all()

    def _start(self) -> None:
        # A process that was killed leaves what it had written and not synced yet. That is part of the journal now.
        try:
            self._log.sync()
        except OSError as error:
            raise self._write_error(error) from error
        self._advance_mark(self._next_position)
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {MOST_PAGES}")
        self._mover = Mover(partial(connect, self.path))
        if self.durability is Durability.EVERYSEC:
            self._connection.execute("PRAGMA synchronous = NORMAL")
            sync = self._log.moved_by(connect(self.path))
            self._syncing = BackgroundSync(sync, self._next_position, self._advance_mark)

    def _open(self, mark: int | None) -> tuple[int, int]:
        if self.path.exists() and self.path.stat().st_size > 0:
            begin, end = examine(self.path, mark)
            self._connection = connect(self.path)
            return begin, end
        if mark:
            state = "empty" if self.path.exists() else "missing"
            raise DamagedJournal(self.path, 0, f"the file is {state}, but {mark} entries were written to it")
        self._connection = _create(self.path)
        return 0, 0

    @property
    def begin(self) -> int:
        """The position of its first entry: 0 unless earlier ones were removed."""
        return self._begin

    @property
    def used_bytes(self) -> int:
        """The bytes of the pages that hold something, of the file as the log will make it."""
        pages, free, size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    @property
    def next_position(self) -> int:
        """The position that the next entry gets."""
        return self._next_position

    @property
    def synced_position(self) -> int:
        """Everything before it survives the death of the machine."""
        return self._next_position if self._syncing is None else self._syncing.synced_position

    def append(self, expected_position: int, count: int, payload: bytes) -> None:
        """Write a batch and, with `always`, wait until the disk has it; see `Journal.append`."""
        if self._failure is not None:
            raise JournalFailed(self._failure)
        check_append(self._next_position, expected_position, count)
        start_s = time.perf_counter()
        try:
            self._mover.finish(self._connection)
            # A statement outside of a transaction is a transaction: begin, insert, commit and sync in one call.
            self._connection.execute(
                _INSERT, (expected_position, count, checksum(expected_position, count, payload), payload)
            )
        except sqlite3.Error as error:
            raise self._write_error(error) from error
        self._check_there()
        if self._syncing is None:
            self.sync_s = time.perf_counter() - start_s
            self._grown_by(len(payload))
        self._written(expected_position + count)

    def extend(self, batches: Iterable[Batch], begin: int | None = None) -> None:
        """Write many batches in one transaction, with one sync: all of them, or none where this raises.

        `begin` is where an empty journal is to begin, for a copy of one from which entries were removed.
        """
        if self._failure is not None:
            raise JournalFailed(self._failure)
        end = self._next_position
        self._connection.execute("BEGIN")
        try:
            if begin:
                begin_at(self._connection, begin)
                self._begin = end = begin
            for batch in batches:
                check_append(end, batch.position, batch.count)
                sum_ = checksum(batch.position, batch.count, batch.payload)
                self._connection.execute(_INSERT, (batch.position, batch.count, sum_, batch.payload))
                end = batch.end
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._write_error(error) from error
        finally:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        self._check_there()
        self._written(end)

    def _grown_by(self, payload_bytes: int) -> None:
        try:
            self._mover.written(payload_bytes)
        except (OSError, sqlite3.Error) as error:
            raise self._write_error(error) from error

    def _check_there(self) -> None:
        # A file without a name is written and synced like any other, and gone with its process.
        if self._log.is_removed:
            self._failure = (
                f"{self.path} was removed while it was in use: what was written last is in no file, and nothing more "
                "is accepted. Start the node again from a backup, see `camshaft restore`"
            )
            raise JournalFailed(self._failure)

    def _written(self, position: int) -> None:
        self._next_position = position
        if self._syncing is None:
            self._advance_mark(position)
            return
        try:
            self._syncing.written(position)
        except (OSError, sqlite3.Error) as error:
            raise self._write_error(error) from error

    def _advance_mark(self, position: int) -> None:
        # The entries are durable whatever becomes of the mark, which may stay behind. Nor may it go back, where another
        # process writes by now.
        if self._failure is None:
            with suppress(OSError):
                self._mark.advance(position)

    def _write_error(self, error: sqlite3.Error | OSError) -> Exception:
        if isinstance(error, sqlite3.Error) and code_of(error) == sqlite3.SQLITE_FULL:
            return JournalFull(f"{self.path} cannot grow, the disk is full: nothing was written; make room")
        # After a failed sync the kernel may have dropped the pages that it could not write: a second try that
        # succeeds would prove nothing. So nothing is acknowledged any more until the file was read again.
        self._failure = (
            f"{self.path} cannot be written ({error}): what was being written may or may not be there, and nothing "
            "more is accepted. Check the disk, then start the node again"
        )
        return JournalFailed(self._failure)

    def suspend(self) -> DirectoryLock:
        """Write nothing until `resume`, so that another process can; the lock for it. Raises `JournalFailed`."""
        if self._failure is not None:
            raise JournalFailed(self._failure)
        self._failure = f"{self.path} was handed over to another process"
        return self._lock

    def resume(self) -> None:
        """Write again, since the other process has not and never will."""
        self._failure = None

    def remove_before(self, position: int) -> bool:
        """Remove some of the oldest batches, or give some room back; see `Journal.remove_before`.

        Nothing waits for the disk. A removal that a power cut takes back is made again; one that is there comes after
        everything that was written before it.
        """
        if self._failure is not None:
            raise JournalFailed(self._failure)
        connection = self._connection
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            begin = remove_some(connection, position)
            if begin is None:
                return give_back_some(connection)
            self._begin = begin
        except sqlite3.Error as error:
            failure = self._write_error(error)
            if isinstance(failure, JournalFull):
                return False  # later: it takes a little room in the log to make much in the file
            raise failure from error
        finally:
            with suppress(sqlite3.Error):  # a connection that is in a transaction still fails the next append
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if self._syncing is None:
                    connection.execute("PRAGMA synchronous = FULL")
        self._check_there()
        return True

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, each checked; see `Journal.read`."""
        return read_batches(self._connection, self.path, from_position)

    def close(self) -> None:
        """Sync what was written, and give the directory up. Closing twice is allowed.

        Raises `JournalFailed` where what was written could not be synced and nobody was told yet; the directory is
        given up all the same.
        """
        try:
            self._mover.close()
            if self._syncing is not None:
                self._syncing.close()
        except (OSError, sqlite3.Error) as error:
            if self._failure is None:
                raise self._write_error(error) from error
        finally:
            self._failure = self._failure or f"{self.path} is closed"
            self._log.close()
            self._connection.close()
            self._mark.close()
            self._lock.release()


def _create(path: Path) -> sqlite3.Connection:
    """Make an empty journal under another name first: a file that is there is whole, whenever the process was ended.

    What an earlier attempt left under that name is removed.
    """
    draft = path.with_name(f"{FILE_NAME}.new")
    try:
        for left in path.parent.glob(f"{draft.name}*"):
            left.unlink()
        # A file can only be told to shrink later before anything else is written to it, as write-ahead mode does.
        with closing(sqlite3.connect(draft)) as connection:
            connection.executescript(_LAYOUT)
        connect(draft).close()
        draft.rename(path)
        sync_directory(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise Rejected(f"{path} cannot be created: {error}") from error
    return connect(path)
