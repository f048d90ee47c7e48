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
from pathlib import Path
from typing import Any, Final, TypeAlias

from camshaft.errors import Rejected
from camshaft.journal.directory import DirectoryLock, HighWaterMark, read_mark, sync_directory, why_unwritable
from camshaft.journal.journal import (
    Batch,
    DamagedJournal,
    Durability,
    JournalFailed,
    JournalFull,
    UnknownFormat,
    check_append,
    checksum,
)
from camshaft.journal.log import MOST_PAGES, WriteAheadLog
from camshaft.journal.syncing import BackgroundSync

FILE_NAME: Final = "journal.sqlite"
FORMAT_VERSION: Final = 1
"""The version of the file's layout. A newer one is refused, an older one stays readable for ever."""
APPLICATION_ID: Final = 0x63616D6A
"""What SQLite's header says the file is: `camj`."""

_INSERT = "INSERT INTO batches (position, count, checksum, payload) VALUES (?, ?, ?, ?)"
_READ = "SELECT position, count, checksum, payload FROM batches WHERE position >= ? ORDER BY position"
_END = "SELECT position + count FROM batches ORDER BY position DESC LIMIT 1"
_LAYOUT = f"""
BEGIN;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT_VERSION};
CREATE TABLE batches (
    position INTEGER PRIMARY KEY,  -- of the first entry
    count    INTEGER NOT NULL,     -- of entries
    checksum INTEGER NOT NULL,     -- CRC-32 of position, count and payload
    payload  BLOB    NOT NULL
);
COMMIT;
"""
_MAX_POSITION = 2**63 - 1
_DAMAGE_CODES = frozenset(
    # ERROR is what a lost table gives; SHORT_READ and TOOBIG what a wrong length in a page does.
    (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG)
)

# Where a damaged schema makes SQLite quote it in an error, Python fails to decode that error.
_ReadError: TypeAlias = sqlite3.DatabaseError | UnicodeDecodeError
_READ_ERRORS: Final = (sqlite3.DatabaseError, UnicodeDecodeError)


class SqliteJournal:
    """A journal in `DIRECTORY/journal.sqlite`. Opening it makes this process the owner of the directory."""

    __slots__ = (
        "_connection",
        "_failure",
        "_lock",
        "_log",
        "_mark",
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
            self._next_position = self._open(read_mark(directory))
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
        if self.durability is Durability.EVERYSEC:
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {MOST_PAGES}")
            sync = self._log.moved_by(_connect(self.path))
            self._syncing = BackgroundSync(sync, self._next_position, self._advance_mark)

    def _open(self, mark: int | None) -> int:
        if self.path.exists() and self.path.stat().st_size > 0:
            end = examine(self.path, mark)
            self._connection = _connect(self.path)
            return end
        if mark:
            state = "empty" if self.path.exists() else "missing"
            raise DamagedJournal(self.path, 0, f"the file is {state}, but {mark} entries were written to it")
        self._connection = _create(self.path)
        return 0

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
            # A statement outside of a transaction is a transaction: begin, insert, commit and sync in one call.
            self._connection.execute(
                _INSERT, (expected_position, count, checksum(expected_position, count, payload), payload)
            )
        except sqlite3.Error as error:
            raise self._write_error(error) from error
        self._check_there()
        if self._syncing is None:
            self.sync_s = time.perf_counter() - start_s
        self._written(expected_position + count)

    def extend(self, batches: Iterable[Batch]) -> None:
        """Write many batches in one transaction, with one sync: all of them, or none where this raises."""
        if self._failure is not None:
            raise JournalFailed(self._failure)
        end = self._next_position
        self._connection.execute("BEGIN")
        try:
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
        if isinstance(error, sqlite3.Error) and _code(error) == sqlite3.SQLITE_FULL:
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

    def read(self, from_position: int = 0) -> Iterator[Batch]:
        """The batches that start at or after a position, each checked; see `Journal.read`."""
        return read_batches(self._connection, self.path, from_position)

    def close(self) -> None:
        """Sync what was written, and give the directory up. Closing twice is allowed.

        Raises `JournalFailed` where what was written could not be synced and nobody was told yet; the directory is
        given up all the same.
        """
        try:
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


def examine(path: Path, mark: int | None) -> int:
    """The position after the last entry of an existing file, which is opened for reading only.

    Raises `UnknownFormat`, or `DamagedJournal` where it is not a journal, cannot be read, or ends before the mark.
    """
    with closing(_connect(path, read_only=True)) as connection:
        _check_format(connection, path)
        try:
            row = connection.execute(_END).fetchone()
        except _READ_ERRORS as error:
            raise _first_damage(connection, path, error) from error
        end = 0 if row is None else row[0]
        if not isinstance(end, int) or not 0 <= end <= _MAX_POSITION:
            raise _first_damage(connection, path, f"its last batch says it ends at {end!r}")
        if mark is not None and end < mark:
            missing = f"it ends at position {end}, but {mark} entries were written: {mark - end} are missing at the end"
            raise _first_damage(connection, path, missing)
    return end


def read_batches(connection: sqlite3.Connection, path: Path, from_position: int) -> Iterator[Batch]:
    """Each batch from a position on, checked. Raises `DamagedJournal` at the first that is not what was written."""
    expected: int | None = 0 if from_position == 0 else None
    try:
        for position, count, sum_, payload in connection.execute(_READ, (from_position,)):
            if expected is not None and position != expected:
                raise DamagedJournal(path, expected, f"the next batch in the file is at position {position}")
            if not (isinstance(count, int) and count > 0 and isinstance(payload, bytes)):
                raise DamagedJournal(path, position, "the row is not a batch")
            if checksum(position, count, payload) != sum_:
                raise DamagedJournal(path, position, "the checksum of the batch does not match its bytes")
            expected = position + count
            yield Batch(position, count, payload)
    except _READ_ERRORS as error:
        raise _read_error(path, expected or from_position, error) from error


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection to a journal's file whose format was checked; see `examine` for the errors."""
    connection = _connect(path, read_only=True)
    try:
        _check_format(connection, path)
    except BaseException:
        # Whatever it was, an interrupt too: a connection that nobody was given would stay open.
        connection.close()
        raise
    return connection


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    mode = "ro" if read_only else "rwc"
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.text_factory = bytes  # a damaged row may hold text that is none
        if not read_only:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.Error as error:
        raise Rejected(f"{path} cannot be opened: {_said(path, error)}") from error
    return connection


def _create(path: Path) -> sqlite3.Connection:
    """Make an empty journal under another name first: a file that is there is whole, whenever the process was ended.

    What an earlier attempt left under that name is removed.
    """
    draft = path.with_name(f"{FILE_NAME}.new")
    try:
        for left in path.parent.glob(f"{draft.name}*"):
            left.unlink()
        with closing(_connect(draft)) as connection:
            connection.executescript(_LAYOUT)
        draft.rename(path)
        sync_directory(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise Rejected(f"{path} cannot be created: {error}") from error
    return _connect(path)


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    try:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except _READ_ERRORS as error:
        raise _read_error(path, 0, error) from error
    if application_id != APPLICATION_ID:
        raise DamagedJournal(path, 0, "it is an SQLite file, but not a journal of Camshaft")
    if version > FORMAT_VERSION:
        raise UnknownFormat(
            f"{path} is of journal format {version}; this version of Camshaft reads formats up to {FORMAT_VERSION}: "
            "use the version that wrote it, or a later one"
        )
    if version < 1:
        raise DamagedJournal(path, 0, f"its header says journal format {version}, which never existed")


def _first_damage(connection: sqlite3.Connection, path: Path, found: str | _ReadError) -> Exception:
    """The error at the first bad position, where something else told us that there is one."""
    position = 0
    try:
        for batch in read_batches(connection, path, 0):
            position = batch.end
    except DamagedJournal as damage:
        return damage
    if isinstance(found, _READ_ERRORS):
        return _read_error(path, position, found)
    return DamagedJournal(path, position, found)


def _read_error(path: Path, position: int, error: _ReadError) -> Exception:
    if isinstance(error, UnicodeDecodeError):
        return DamagedJournal(path, position, "SQLite cannot read on (its schema is garbage)")
    if _code(error) in _DAMAGE_CODES or _extended(error) == sqlite3.SQLITE_IOERR_SHORT_READ:
        return DamagedJournal(path, position, f"SQLite cannot read on ({error})")
    return JournalFailed(f"{path} cannot be read at position {position}: {_said(path, error)}")


def _said(path: Path, error: sqlite3.Error) -> str:
    """What SQLite says, and the reason where it only says that a file cannot be opened."""
    reason = why_unwritable(path.parent) if _code(error) == sqlite3.SQLITE_CANTOPEN else ""
    return f"{error} ({reason})" if reason else str(error)


def _extended(error: sqlite3.Error) -> int:
    # Errors that the Python module raises by itself carry no code of SQLite's.
    code: Any = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
    return int(code)


def _code(error: sqlite3.Error) -> int:
    return _extended(error) & 0xFF
