from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from camshaft.errors import Rejected
from camshaft.journal.backup import back_up
from camshaft.journal.file import FILE_NAME
from camshaft.journal.journal import Batch, DamagedJournal
from camshaft.journal.sqlite import SqliteJournal

BATCHES = [Batch(position, 2, b"payload %d " % position * 40) for position in range(0, 60, 2)]


def write(journal: SqliteJournal, batches: list[Batch]) -> None:
    for batch in batches:
        journal.append(batch.position, batch.count, batch.payload)


def read(directory: Path) -> list[Batch]:
    with closing(SqliteJournal(directory)) as journal:
        return list(journal.read())


def test_a_copy_is_made_while_the_journal_is_written(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path / "data")) as journal:
        write(journal, BATCHES[:20])
        assert back_up(tmp_path / "data", tmp_path / "first") == 40
        write(journal, BATCHES[20:])
        assert back_up(tmp_path / "data", tmp_path / "second") == 60
    assert read(tmp_path / "first") == BATCHES[:20]
    assert read(tmp_path / "second") == BATCHES


def test_a_copy_of_a_copy_is_the_journal(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path / "data")) as journal:
        write(journal, BATCHES)
    back_up(tmp_path / "data", tmp_path / "backup")
    back_up(tmp_path / "backup", tmp_path / "restored")
    assert read(tmp_path / "restored") == BATCHES


def test_an_empty_journal_has_an_empty_copy(tmp_path: Path) -> None:
    SqliteJournal(tmp_path / "data").close()
    assert back_up(tmp_path / "data", tmp_path / "backup") == 0
    assert read(tmp_path / "backup") == []


def test_a_directory_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    SqliteJournal(tmp_path / "data").close()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "letter").write_text("dear")
    with pytest.raises(Rejected, match="taken holds something already: name a directory that does not exist yet"):
        back_up(tmp_path / "data", tmp_path / "taken")
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["letter"]


def test_what_is_no_data_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"there is no journal in .*nowhere"):
        back_up(tmp_path / "nowhere", tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize(
    "damage",
    ["UPDATE batches SET checksum = 1 WHERE position = 30", "DELETE FROM batches WHERE position >= 40"],
)
def test_a_damaged_journal_leaves_no_copy(tmp_path: Path, damage: str) -> None:
    """Neither where an entry is damaged nor where the end is missing, which reads as if it were whole."""
    with closing(SqliteJournal(tmp_path / "data")) as journal:
        write(journal, BATCHES)
    with closing(sqlite3.connect(tmp_path / "data" / FILE_NAME)) as connection, connection:
        connection.execute(damage)
    with pytest.raises(DamagedJournal, match="is damaged at position"):
        back_up(tmp_path / "data", tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
