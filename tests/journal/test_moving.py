"""A log is moved into its database behind its writer's back, and does not grow however long somebody writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from camshaft.journal import moving
from camshaft.journal.file import FILE_NAME, connect
from camshaft.journal.journal import JournalFailed
from camshaft.journal.moving import Mover
from camshaft.journal.sqlite import SqliteJournal

_PAYLOAD = bytes(20_000)


def test_a_log_is_begun_anew_once_all_of_it_was_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "MOVED_BYTES", 200_000)
    path = tmp_path / FILE_NAME
    sizes = []
    with closing(connect(path)) as writer, closing(Mover(partial(connect, path))) as mover:
        writer.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
        writer.execute("CREATE TABLE batches (payload BLOB)")
        for _ in range(10):
            for _ in range(10):
                mover.finish(writer)
                writer.execute("INSERT INTO batches VALUES (?)", (_PAYLOAD,))
                mover.written(len(_PAYLOAD))
            mover.close()
            sizes.append(path.with_name(f"{FILE_NAME}-wal").stat().st_size)
        assert max(sizes) < 3 * sizes[0]
        assert path.stat().st_size > 90 * len(_PAYLOAD)


def test_what_a_thread_has_not_moved_yet_is_there_after_opening_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "MOVED_BYTES", 1)
    for start in range(0, 30, 10):
        with closing(SqliteJournal(tmp_path)) as journal:
            assert journal.next_position == start
            for position in range(start, start + 10):
                journal.append(position, 1, b"%d" % position)
    with closing(SqliteJournal(tmp_path)) as journal:
        assert [batch.payload for batch in journal.read()] == [b"%d" % position for position in range(30)]


def append_until_it_fails(journal: SqliteJournal) -> None:
    while True:
        journal.append(journal.next_position, 1, b"payload")


def failing() -> sqlite3.Connection:
    raise sqlite3.OperationalError("disk I/O error")


def test_a_move_that_failed_is_told_for_ever_and_not_tried_again() -> None:
    tried = []

    def connect() -> sqlite3.Connection:
        tried.append(True)
        return failing()

    mover = Mover(connect)
    mover.written(moving.MOVED_BYTES)
    mover.close()
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
            mover.written(moving.MOVED_BYTES)
    mover.close()
    assert tried == [True]


def test_a_journal_whose_log_cannot_be_moved_acknowledges_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "MOVED_BYTES", 1)
    with closing(SqliteJournal(tmp_path)) as journal:
        monkeypatch.setattr(journal, "_mover", Mover(failing))
        with pytest.raises(JournalFailed, match=r"cannot be written \(disk I/O error\)"):
            append_until_it_fails(journal)
        written = journal.next_position
    with closing(SqliteJournal(tmp_path)) as journal:
        assert journal.next_position >= written
