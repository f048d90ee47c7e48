"""What the SQLite journal promises with `everysec`: a killed process loses nothing, a power cut what was not synced."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
import threading
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from camshaft.journal.directory import read_mark
from camshaft.journal.file import FILE_NAME
from camshaft.journal.journal import Batch, Durability, JournalFailed
from camshaft.journal.sqlite import SqliteJournal

BATCHES = [Batch(position, 1, b"payload %d " % position * 40) for position in range(12)]
_LOG = f"{FILE_NAME}-wal"
_SECTOR = 512
_PATIENCE_S = 30.0


class Disk:
    """Syncs nothing, and knows what it would have synced: how long the log was, and what the mark said by then."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.log_bytes: list[int] = []
        self.marks: list[int | None] = []
        self.fails = False
        self.was_asked = threading.Event()

    def sync(self, descriptor: int) -> None:
        self.marks.append(read_mark(self.directory))
        self.log_bytes.append(os.fstat(descriptor).st_size)
        self.was_asked.set()
        if self.fails:
            raise OSError(errno.EIO, "Input/output error")


def append(journal: SqliteJournal, start: int, end: int) -> None:
    for batch in BATCHES[start:end]:
        journal.append(batch.position, batch.count, batch.payload)


def append_until_it_fails(journal: SqliteJournal) -> None:
    while True:
        journal.append(journal.next_position, 1, b"more")


def read(directory: Path) -> list[Batch]:
    with closing(SqliteJournal(directory)) as journal:
        return list(journal.read())


@pytest.fixture(scope="module", params=["moved", "read"])
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A directory as a process leaves it that was killed after writing everything and syncing the first half of it,
    and from where on the log was not synced.

    The first half was moved into the file, and the log was begun anew; or somebody was reading, and the log goes on.
    """
    directory = tmp_path_factory.mktemp("everysec")
    disk = Disk(directory / "data")
    with ExitStack() as stack:
        journal = stack.enter_context(closing(SqliteJournal(disk.directory, Durability.EVERYSEC, disk.sync)))
        if request.param == "read":
            reader = stack.enter_context(closing(sqlite3.connect(journal.path, isolation_level=None)))
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM batches").fetchone()
        disk.was_asked.clear()
        append(journal, 0, 6)
        assert disk.was_asked.wait(_PATIENCE_S)
        while journal.synced_position < 6:
            pass
        append(journal, 6, 12)
        assert journal.synced_position == 6
        shutil.copytree(disk.directory, directory / "left")
    return directory / "left", disk.log_bytes[1] if request.param == "read" else 0


def test_a_killed_process_loses_nothing_that_it_acknowledged(left: tuple[Path, int], tmp_path: Path) -> None:
    shutil.copytree(left[0], tmp_path / "data")
    assert read(tmp_path / "data") == BATCHES


def test_the_mark_is_not_ahead_of_what_was_synced(left: tuple[Path, int]) -> None:
    assert read_mark(left[0]) == 6


@pytest.mark.parametrize("seed", range(12))
def test_a_power_cut_takes_only_what_was_not_synced(left: tuple[Path, int], tmp_path: Path, seed: int) -> None:
    """It takes the end of the log, or any part of what was not synced of it."""
    chosen = random.Random(seed)
    directory, synced_bytes = left
    shutil.copytree(directory, tmp_path / "data")
    (tmp_path / "data" / f"{FILE_NAME}-shm").unlink()
    log = tmp_path / "data" / _LOG
    content = bytearray(log.read_bytes())
    assert synced_bytes < len(content)
    if seed % 2:
        del content[chosen.randrange(synced_bytes, len(content)) :]
    else:
        at = chosen.randrange(synced_bytes, len(content), _SECTOR)
        content[at : at + _SECTOR] = b"\xff" * len(content[at : at + _SECTOR])
    log.write_bytes(content)
    found = read(tmp_path / "data")
    assert 6 <= len(found) <= 12
    assert found == BATCHES[: len(found)]
    assert len(found) < 12 or not synced_bytes, "what was begun anew may be shorter than what was there before"


def test_what_a_killed_process_left_is_synced_before_the_mark_says_so(left: tuple[Path, int], tmp_path: Path) -> None:
    for durability in (Durability.ALWAYS, Durability.EVERYSEC):
        data = tmp_path / durability.value
        shutil.copytree(left[0], data)
        disk = Disk(data)
        with closing(SqliteJournal(data, durability, disk.sync)) as journal:
            assert disk.marks == [6]
            assert read_mark(data) == journal.synced_position == 12


def test_the_log_is_moved_into_the_file_behind_the_writers_back(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path, Durability.EVERYSEC)) as journal:
        before = journal.path.stat().st_size
        journal.append(0, 1, bytes(200_000))
        journal.append(1, 1, b"more")
        assert journal.path.stat().st_size == before
        while journal.synced_position < 2:
            pass
        assert journal.path.stat().st_size >= 200_000
        journal.append(2, 1, b"and more")
        assert [batch.position for batch in journal.read()] == [0, 1, 2]


def test_a_sync_that_fails_ends_all_acknowledgements(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    with closing(SqliteJournal(tmp_path, Durability.EVERYSEC, disk.sync)) as journal:
        disk.was_asked.clear()
        disk.fails = True
        append(journal, 0, 1)
        assert disk.was_asked.wait(_PATIENCE_S)
        with pytest.raises(JournalFailed, match="Input/output error") as caught:
            append_until_it_fails(journal)
        assert "nothing more is accepted. Check the disk" in str(caught.value)
        disk.fails = False
        with pytest.raises(JournalFailed, match="nothing more is accepted"):
            journal.append(journal.next_position, 1, b"late")
        assert journal.synced_position == 0
        assert read_mark(tmp_path) == 0


def test_a_sync_that_fails_at_the_end_is_told_and_the_directory_given_back(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    journal = SqliteJournal(tmp_path, Durability.EVERYSEC, disk.sync)
    append(journal, 0, 3)
    disk.fails = True
    with pytest.raises(JournalFailed, match="Input/output error"):
        journal.close()
    assert read(tmp_path)[:3] == BATCHES[:3]


def test_a_journal_whose_log_cannot_be_synced_is_not_opened(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.fails = True
    for _ in range(2):
        with pytest.raises(JournalFailed, match="Input/output error"):
            SqliteJournal(tmp_path, Durability.ALWAYS, disk.sync)


def test_a_journal_goes_on_with_another_durability(tmp_path: Path) -> None:
    for start, durability in ((0, Durability.ALWAYS), (4, Durability.EVERYSEC), (8, Durability.ALWAYS)):
        with closing(SqliteJournal(tmp_path, durability)) as journal:
            assert journal.durability is durability
            append(journal, start, start + 4)
    assert read(tmp_path) == BATCHES
