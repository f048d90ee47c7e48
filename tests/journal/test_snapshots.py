from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.journal.snapshots import DamagedSnapshot, SnapshotPolicy, Snapshots, read_frames

FRAMES = [b"first", b"x" * 5_000, b"last"]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return Snapshots(tmp_path).write(7, FRAMES)


def test_what_was_written_is_read(written: Path) -> None:
    assert written.name == "snapshot-00000000000000000007"
    assert list(read_frames(written)) == FRAMES


def test_a_file_that_was_cut_off_anywhere_is_damaged(written: Path) -> None:
    content = written.read_bytes()
    for length in [*range(60), *range(5_000, len(content))]:
        written.write_bytes(content[:length])
        with pytest.raises(DamagedSnapshot, match="is damaged: "):
            list(read_frames(written))


@given(at=st.integers(0, 5_100), by=st.integers(1, 255))
def test_a_changed_byte_is_noticed(at: int, by: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Snapshots(directory).write(7, FRAMES)
        content = bytearray(path.read_bytes())
        content[at % len(content)] ^= by
        path.write_bytes(content)
        with pytest.raises(DamagedSnapshot):
            list(read_frames(path))


def test_a_frame_in_another_place_is_noticed(tmp_path: Path) -> None:
    one, other = (Snapshots(tmp_path).write(at, frames) for at, frames in ((1, [b"aaaa", b"bbbb"]), (2, [b"bbbb"])))
    head = len(b"camshaft-snapshot\n") + 4
    content = one.read_bytes()
    # The second frame alone, in the place of the first.
    other.write_bytes(content[:head] + content[head + 12 :])
    with pytest.raises(DamagedSnapshot, match="does not match its checksum"):
        list(read_frames(other))


def test_one_of_a_later_format_is_told(written: Path) -> None:
    content = bytearray(written.read_bytes())
    content[18] = 2
    written.write_bytes(content)
    with pytest.raises(DamagedSnapshot, match="it is of format 2; this version of Camshaft reads 1"):
        list(read_frames(written))


def test_a_writer_that_fails_leaves_the_others(tmp_path: Path) -> None:
    def failing() -> list[bytes]:
        raise OSError(28, "No space left on device")

    snapshots = Snapshots(tmp_path)
    kept = snapshots.write(1, FRAMES)
    with pytest.raises(OSError, match="No space left"):
        snapshots.write(2, (frame for frames in [FRAMES, None] for frame in frames or failing()))
    assert snapshots.newest_first() == [(1, kept)]


def test_a_snapshot_is_due_by_entries_or_by_bytes_and_zero_is_never() -> None:
    policy = SnapshotPolicy(entries=10, written_bytes=100)
    assert [policy.is_due(*since) for since in ((9, 99), (10, 0), (0, 100))] == [False, True, True]
    assert not SnapshotPolicy(0, 0).is_due(10**9, 10**9)


@pytest.mark.parametrize(
    ("base", "kept"),
    [
        (None, [9, 7]),
        (0, [9, 7, 4, 2]),
        (2, [9, 7, 4, 2]),
        (4, [9, 7, 6, 4]),
        (6, [9, 7, 6]),
        (7, [9, 7]),
    ],
)
def test_the_snapshot_that_history_begins_at_stays_and_the_one_after_it(
    tmp_path: Path, base: int | None, kept: list[int]
) -> None:
    snapshots = Snapshots(tmp_path)
    for position in (2, 4, 6, 7, 9):
        snapshots.path(position).write_bytes(b"")
    snapshots.prune(base)
    assert [position for position, _ in snapshots.newest_first()] == kept


def test_a_damaged_one_is_removed_when_the_next_is_written(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    for position in (1, 2, 3):
        snapshots.write(position, FRAMES)
        if position == 2:
            snapshots.path(2).write_bytes(b"no snapshot")
    assert [position for position, _ in snapshots.newest_first()] == [3, 1]
