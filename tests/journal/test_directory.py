"""A data directory that one process passes to another: nobody comes in between, and one writes at a time."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from camshaft.journal.directory import DirectoryLock, read_mark
from camshaft.journal.journal import Batch, DirectoryInUse, Durability, JournalFailed
from camshaft.journal.sqlite import SqliteJournal

BOTH = pytest.mark.parametrize("durability", [Durability.ALWAYS, Durability.EVERYSEC])


def passed(lock: DirectoryLock) -> DirectoryLock:
    """The lock as another process gets it: the same open file under another number."""
    return DirectoryLock.passed(os.dup(lock.fileno()))


@BOTH
def test_whoever_was_passed_the_directory_writes_on_and_nobody_else_comes_in_between(
    tmp_path: Path, durability: Durability
) -> None:
    old = SqliteJournal(tmp_path, durability)
    old.append(0, 2, b"old")
    with closing(SqliteJournal(tmp_path, durability, lock=passed(old.suspend()))) as new:
        with pytest.raises(DirectoryInUse):
            SqliteJournal(tmp_path)
        assert new.next_position == 2
        old.close()
        with pytest.raises(DirectoryInUse):
            SqliteJournal(tmp_path)
        new.append(2, 1, b"new")
        assert list(new.read()) == [Batch(0, 2, b"old"), Batch(2, 1, b"new")]
    with closing(SqliteJournal(tmp_path)) as again:
        assert again.next_position == 3


@BOTH
def test_a_suspended_journal_writes_nothing_not_even_its_mark(tmp_path: Path, durability: Durability) -> None:
    old = SqliteJournal(tmp_path, durability)
    old.append(0, 1, b"old")
    with closing(SqliteJournal(tmp_path, lock=passed(old.suspend()))) as new:
        new.append(1, 1, b"new")
        with pytest.raises(JournalFailed, match="was handed over to another process"):
            old.append(1, 1, b"old")
        with pytest.raises(JournalFailed, match="was handed over to another process"):
            old.suspend()
        old.close()
        assert read_mark(tmp_path) == 2


@BOTH
def test_a_journal_that_nobody_took_goes_on(tmp_path: Path, durability: Durability) -> None:
    with closing(SqliteJournal(tmp_path, durability)) as journal:
        journal.append(0, 1, b"first")
        passed(journal.suspend()).release()
        journal.resume()
        journal.append(1, 1, b"second")
        with pytest.raises(DirectoryInUse, match=rf"\(pid {os.getpid()}\)"):
            SqliteJournal(tmp_path)
    assert read_mark(tmp_path) == 2
