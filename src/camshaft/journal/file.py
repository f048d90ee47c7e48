"""The file of a journal: its layout and its format, and what reads it without trusting it.

    batches(position, count, checksum, payload)  -- of each batch: the first entry, how many, CRC-32 of all that
    beginning(position)                          -- one row, from format 2 on: the position of the first batch

A file is of format 1 until its oldest batches are removed for the first time; then it is of format 2, so that no
earlier version of Camshaft takes what was removed for damage, or the rest for all there was.

Rule: nothing here writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, TypeAlias

from camshaft.errors import Rejected
from camshaft.journal.directory import why_unwritable
from camshaft.journal.journal import Batch, DamagedJournal, JournalFailed, RemovedEntries, UnknownFormat, checksum

FILE_NAME: Final = "journal.sqlite"
FORMAT_VERSION: Final = 2
"""The latest version of the file's layout. A newer one is refused, an older one stays readable for ever."""
APPLICATION_ID: Final = 0x63616D6A
"""What SQLite's header says the file is: `camj`."""

_READ = "SELECT position, count, checksum, payload FROM batches WHERE position >= ? ORDER BY position"
_END = "SELECT position + count FROM batches ORDER BY position DESC LIMIT 1"
_REMOVING: Final = 2
"""The first format that may begin later than at position 0."""
_MAX_POSITION = 2**63 - 1
_DAMAGE_CODES = frozenset(
    # ERROR is what a lost table gives; SHORT_READ and TOOBIG what a wrong length in a page does.
    (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_TOOBIG)
)

# Where a damaged schema makes SQLite quote it in an error, Python fails to decode that error.
_ReadError: TypeAlias = sqlite3.DatabaseError | UnicodeDecodeError
_READ_ERRORS: Final = (sqlite3.DatabaseError, UnicodeDecodeError)


def examine(path: Path, mark: int | None) -> tuple[int, int]:
    """The positions of the first entry of an existing file and after its last, which is opened for reading only.

    Raises `UnknownFormat`, or `DamagedJournal` where it is not a journal, cannot be read, or ends before the mark.
    """
    with closing(connect(path, read_only=True)) as connection:
        _check_format(connection, path)
        begin = beginning_of(connection, path)
        try:
            row = connection.execute(_END).fetchone()
        except _READ_ERRORS as error:
            raise _first_damage(connection, path, error) from error
        end = begin if row is None else row[0]
        if not isinstance(end, int) or not begin <= end <= _MAX_POSITION:
            raise _first_damage(connection, path, f"its last batch says it ends at {end!r}")
        if mark is not None and end < mark:
            missing = f"it ends at position {end}, but {mark} entries were written: {mark - end} are missing at the end"
            raise _first_damage(connection, path, missing)
    return begin, end


def beginning_of(connection: sqlite3.Connection, path: Path) -> int:
    """The position of the first batch of a file: 0 unless earlier ones were removed. Raises `DamagedJournal`."""
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        row = (0,) if version < _REMOVING else connection.execute("SELECT position FROM beginning").fetchone()
    except _READ_ERRORS as error:
        raise _read_error(path, 0, 0, error) from error
    if row is None or not isinstance(row[0], int) or not 0 <= row[0] <= _MAX_POSITION:
        raise DamagedJournal(path, 0, "it does not say where it begins")
    return row[0]


def read_batches(connection: sqlite3.Connection, path: Path, from_position: int | None) -> Iterator[Batch]:
    """Each batch from a position on (None: from the first that there is), checked.

    Raises `DamagedJournal` at the first that is not what was written, `RemovedEntries` where what comes after the
    position was removed.
    """
    begin = expected = from_position or 0
    is_first = True
    try:
        for position, count, sum_, payload in connection.execute(_READ, (begin,)):
            if is_first:
                is_first, begin = False, position
                expected = _checked_first(connection, path, from_position, position)
            if position != expected:
                raise DamagedJournal(path, expected, f"the next batch in the file is at position {position}", begin)
            if not (isinstance(count, int) and count > 0 and isinstance(payload, bytes)):
                raise DamagedJournal(path, position, "the row is not a batch", begin)
            if checksum(position, count, payload) != sum_:
                raise DamagedJournal(path, position, "the checksum of the batch does not match its bytes", begin)
            expected = position + count
            yield Batch(position, count, payload)
    except _READ_ERRORS as error:
        raise _read_error(path, begin, expected, error) from error


def _checked_first(connection: sqlite3.Connection, path: Path, from_position: int | None, position: int) -> int:
    """The position where the first batch should be that was found at a position."""
    # What is read is of one moment, and this of a later one: more may have been removed in between, never less.
    removed = beginning_of(connection, path)
    if position > removed:
        return removed if (from_position or 0) <= removed else position
    if from_position is not None and from_position < position:
        raise RemovedEntries(path, from_position, position)
    return position


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A read-only connection to a journal's file whose format was checked; see `examine` for the errors."""
    connection = connect(path, read_only=True)
    try:
        _check_format(connection, path)
    except BaseException:
        # Whatever it was, an interrupt too: a connection that nobody was given would stay open.
        connection.close()
        raise
    return connection


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to a journal's file, in write-ahead mode and syncing each commit unless it only reads."""
    mode = "ro" if read_only else "rwc"
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.text_factory = bytes  # a damaged row may hold text that is none
        if not read_only:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            # What is removed is history that nobody wants, not a secret: it need not be written over.
            connection.execute("PRAGMA secure_delete = OFF").fetchone()
    except sqlite3.Error as error:
        raise Rejected(f"{path} cannot be opened: {_said(path, error)}") from error
    return connection


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    try:
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except _READ_ERRORS as error:
        raise _read_error(path, 0, 0, error) from error
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
    begin = position = beginning_of(connection, path)
    try:
        for batch in read_batches(connection, path, None):
            position = batch.end
    except DamagedJournal as damage:
        return damage
    if isinstance(found, _READ_ERRORS):
        return _read_error(path, begin, position, found)
    return DamagedJournal(path, position, found, begin)


def _read_error(path: Path, begin: int, position: int, error: _ReadError) -> Exception:
    if isinstance(error, UnicodeDecodeError):
        return DamagedJournal(path, position, "SQLite cannot read on (its schema is garbage)", begin)
    if code_of(error) in _DAMAGE_CODES or _extended(error) == sqlite3.SQLITE_IOERR_SHORT_READ:
        return DamagedJournal(path, position, f"SQLite cannot read on ({error})", begin)
    return JournalFailed(f"{path} cannot be read at position {position}: {_said(path, error)}")


def _said(path: Path, error: sqlite3.Error) -> str:
    """What SQLite says, and the reason where it only says that a file cannot be opened."""
    reason = why_unwritable(path.parent) if code_of(error) == sqlite3.SQLITE_CANTOPEN else ""
    return f"{error} ({reason})" if reason else str(error)


def _extended(error: sqlite3.Error) -> int:
    # Errors that the Python module raises by itself carry no code of SQLite's.
    code: Any = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE)
    return int(code)


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary code of an error."""
    return _extended(error) & 0xFF
