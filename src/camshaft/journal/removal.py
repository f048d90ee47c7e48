"""Removing the oldest batches of a journal's file, a few at a time, and giving the room back.

Each call is one small transaction: whoever waits for the connection waits a fraction of a millisecond, and whenever the
process ends, the file begins where it says that it does.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from typing import Final

from camshaft.journal.file import FORMAT_VERSION

_MOST_BATCHES: Final = 64
_MOST_BYTES: Final = 128 << 10
"""What is removed at once, and one batch however large it is."""
_MOST_PAGES: Final = 32
"""How many pages are given back at once: each is moved from the end of the file into a free one."""
_LEAST_PAGES: Final = 1_024
"""A file with fewer free pages keeps them."""

_INCREMENTAL: Final = 2
"""What SQLite calls a file that shrinks when it is told to."""
_OLDEST = "SELECT position, count, length(payload) FROM batches ORDER BY position LIMIT ?"


def remove_some(connection: sqlite3.Connection, position: int) -> int | None:
    """Remove some of the batches that end at or before a position, but not the last one; where the file begins then.

    None where there is nothing to remove.
    """
    begin, size = None, 0
    for (start, count, length), _ in pairwise(connection.execute(_OLDEST, (_MOST_BATCHES + 1,)).fetchall()):
        if start + count > position or size > _MOST_BYTES:
            break
        begin, size = start + count, size + length
    if begin is not None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM batches WHERE position < ?", (begin,))
        begin_at(connection, begin)
        connection.execute("COMMIT")
    return begin


def begin_at(connection: sqlite3.Connection, position: int) -> None:
    """Write down where a file begins, in the transaction that makes it begin there."""
    connection.execute("CREATE TABLE IF NOT EXISTS beginning (position INTEGER NOT NULL)")
    if connection.execute("UPDATE beginning SET position = ?", (position,)).rowcount == 0:
        connection.execute("INSERT INTO beginning VALUES (?)", (position,))
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def give_back_some(connection: sqlite3.Connection) -> bool:
    """Give some of the file's free pages back to the disk where they are more than half of it; whether it did.

    Until then new batches use them. A file that was made before files could shrink keeps all.
    """
    (shrinks,) = connection.execute("PRAGMA auto_vacuum").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    if shrinks != _INCREMENTAL or free < _LEAST_PAGES or 2 * free <= pages:
        return False
    connection.execute("BEGIN IMMEDIATE")
    for _ in range(_MOST_PAGES):
        # The module goes one step of a statement that has no columns, which is one page, whatever number it is given.
        connection.execute("PRAGMA incremental_vacuum(1)")
    connection.execute("COMMIT")
    return True
