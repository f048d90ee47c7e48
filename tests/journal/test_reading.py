"""Following a journal that another process writes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from camshaft.journal.journal import Batch, DamagedJournal, JournalFailed
from camshaft.journal.reading import FollowedJournal
from camshaft.journal.sqlite import SqliteJournal


def test_a_followed_journal_has_what_its_owner_has_written_by_now(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path)) as owner:
        owner.append(0, 2, b"first")
        with closing(FollowedJournal(tmp_path)) as followed:
            assert list(followed.read()) == [Batch(0, 2, b"first")]
            owner.append(2, 1, b"second")
            assert followed.next_position == 3
            followed.sync()
            assert list(followed.read(2)) == [Batch(2, 1, b"second")]
            with pytest.raises(JournalFailed, match="belongs to another process"):
                followed.append(3, 1, b"third")
            owner.append(3, 1, b"third")


def test_a_journal_that_has_lost_its_end_is_not_followed(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path)) as owner:
        owner.append(0, 2, b"first")
        (tmp_path / "mark").write_text(f"{5:020d}\n")
        with pytest.raises(DamagedJournal, match="5 entries were written: 3 are missing"):
            FollowedJournal(tmp_path)
