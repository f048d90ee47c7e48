"""The specification of a journal: every implementation passes every test here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.journal.journal import Batch, Durability, Journal, JournalFailed, PositionConflict, RemovedEntries
from camshaft.journal.memory import MemoryJournal
from camshaft.journal.sqlite import SqliteJournal

IMPLEMENTATIONS: dict[str, Callable[[Path], Journal]] = {
    "memory": lambda _: MemoryJournal(),
    "always": lambda directory: SqliteJournal(directory, Durability.ALWAYS),
    "everysec": lambda directory: SqliteJournal(directory, Durability.EVERYSEC),
}


@pytest.fixture(params=IMPLEMENTATIONS)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    with closing(IMPLEMENTATIONS[request.param](tmp_path / "data")) as journal:
        assert journal.durability.value == request.param
        yield journal


def test_a_new_journal_is_empty(journal: Journal) -> None:
    assert journal.next_position == 0
    assert list(journal.read()) == []


def test_what_was_appended_is_read_back_in_order(journal: Journal) -> None:
    journal.append(0, 2, b"first")
    journal.append(2, 1, b"")
    journal.append(3, 5, bytes(range(256)) * 100)
    assert journal.next_position == 8
    assert list(journal.read()) == [Batch(0, 2, b"first"), Batch(2, 1, b""), Batch(3, 5, bytes(range(256)) * 100)]


def test_reading_starts_at_a_position(journal: Journal) -> None:
    for position in range(5):
        journal.append(2 * position, 2, b"%d" % position)
    assert [batch.position for batch in journal.read(4)] == [4, 6, 8]
    assert [batch.position for batch in journal.read(5)] == [6, 8]
    assert list(journal.read(10)) == []


@pytest.mark.parametrize("expected", [0, 2, 4, 100])
def test_a_batch_for_another_position_is_refused_and_nothing_is_written(journal: Journal, expected: int) -> None:
    journal.append(0, 3, b"first")
    with pytest.raises(PositionConflict, match=f"at position {expected}, but the journal continues at position 3"):
        journal.append(expected, 1, b"second")
    assert journal.next_position == 3
    assert list(journal.read()) == [Batch(0, 3, b"first")]


@pytest.mark.parametrize("count", [0, -1])
def test_a_batch_of_no_entries_is_refused(journal: Journal, count: int) -> None:
    with pytest.raises(ValueError, match="at least one entry"):
        journal.append(0, count, b"")
    assert journal.next_position == 0


def test_a_closed_journal_takes_nothing(journal: Journal) -> None:
    journal.close()
    journal.close()
    with pytest.raises(JournalFailed, match="closed"):
        journal.append(0, 1, b"late")


def test_what_is_synced_is_never_ahead_of_what_was_written(journal: Journal) -> None:
    synced = [journal.synced_position]
    for position in range(20):
        journal.append(position, 1, b"more")
        synced.append(journal.synced_position)
        assert synced[-1] <= journal.next_position
    assert synced == sorted(synced)
    if journal.durability is Durability.ALWAYS:
        assert synced == list(range(21))


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
@given(batches=st.lists(st.tuples(st.integers(1, 2**40), st.binary(max_size=200)), max_size=20))
def test_positions_have_no_gap_whatever_is_appended(name: str, batches: list[tuple[int, bytes]]) -> None:
    with TemporaryDirectory() as directory, closing(IMPLEMENTATIONS[name](Path(directory))) as journal:
        for count, payload in batches:
            journal.append(journal.next_position, count, payload)
        read = list(journal.read())
        assert [(batch.count, batch.payload) for batch in read] == batches
        end = 0
        for batch in read:
            assert batch.position == end
            end = batch.end
        assert journal.next_position == end


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
@given(
    counts=st.lists(st.integers(1, 5), min_size=1, max_size=20),
    removals=st.lists(st.integers(0, 110), max_size=3),
    after=st.integers(0, 3),
)
def test_what_is_removed_is_the_beginning_up_to_a_batch_and_never_all(
    name: str, counts: list[int], removals: list[int], after: int
) -> None:
    with TemporaryDirectory() as directory, closing(IMPLEMENTATIONS[name](Path(directory))) as journal:
        batches = []
        for count in counts:
            batches.append(Batch(journal.next_position, count, b"payload"))
            journal.append(journal.next_position, count, b"payload")
        for position in removals:
            while journal.remove_before(position):
                pass
        for _ in range(after):
            batches.append(Batch(journal.next_position, 2, b"more"))
            journal.append(journal.next_position, 2, b"more")
        last = max(removals, default=0)
        left = [batch for batch in batches if batch.end > last or batch.position >= batches[len(counts) - 1].position]
        assert list(journal.read(journal.begin)) == left
        assert (journal.begin, journal.next_position) == (left[0].position, left[-1].end)
        if journal.begin:
            with pytest.raises(RemovedEntries, match=f"begins at position {journal.begin}"):
                next(journal.read(journal.begin - 1))


def test_a_closed_journal_removes_nothing(journal: Journal) -> None:
    journal.append(0, 1, b"first")
    journal.append(1, 1, b"second")
    journal.close()
    with pytest.raises(JournalFailed):
        journal.remove_before(1)
