"""A slice is what was written, or it is rejected: whatever happened to its bytes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.errors import Rejected
from camshaft.journal.journal import Batch, PositionConflict, UnknownFormat
from camshaft.journal.reading import DirectoryReader
from camshaft.journal.slice import FORMAT_VERSION, MAGIC, Slice, SliceWriter
from camshaft.journal.sqlite import SqliteJournal

payloads = st.lists(st.tuples(st.integers(1, 2**40), st.binary(max_size=40)), max_size=6)


def batches_of(rows: list[tuple[int, bytes]]) -> list[Batch]:
    batches, position = [], 0
    for count, payload in rows:
        batches.append(Batch(position, count, payload))
        position += count
    return batches


def written(path: Path, batches: list[Batch]) -> Path:
    with SliceWriter(path) as writer:
        for batch in batches:
            writer.append(batch)
        writer.finish()
    return path


@given(payloads)
def test_what_is_read_is_what_was_written(rows: list[tuple[int, bytes]]) -> None:
    batches = batches_of(rows)
    with TemporaryDirectory() as directory:
        path = written(Path(directory) / "slice", batches)
        with closing(Slice(path)) as found:
            assert found.end == sum(count for count, _ in rows)
            for position in {0, 1, *(batch.position for batch in batches)}:
                assert list(found.read(position)) == [batch for batch in batches if batch.position >= position]


@given(payloads, st.data())
def test_a_slice_of_which_anything_was_changed_is_rejected(rows: list[tuple[int, bytes]], data: st.DataObject) -> None:
    with TemporaryDirectory() as directory:
        path = written(Path(directory) / "slice", batches_of(rows))
        whole = path.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        cut = data.draw(st.booleans())
        changed = (
            whole[:at] if cut else whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
        )
        path.write_bytes(changed)
        with pytest.raises(Rejected):
            Slice(path)
        path.write_bytes(whole + b"\0")
        with pytest.raises(Rejected):
            Slice(path)


def test_readers_of_one_slice_do_not_disturb_each_other(tmp_path: Path) -> None:
    batches = batches_of([(1, b"a"), (2, b"b"), (1, b"c")])
    with closing(Slice(written(tmp_path / "slice", batches))) as found:
        assert list(zip(found.read(), found.read(), strict=True)) == [(one, one) for one in batches]


def test_a_later_format_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "slice"
    path.write_bytes(MAGIC + (FORMAT_VERSION + 1).to_bytes(2, "little") + b"something else")
    with pytest.raises(UnknownFormat, match=f"a slice of format {FORMAT_VERSION + 1}"):
        Slice(path)
    with pytest.raises(Rejected, match="cannot be read"):
        Slice(tmp_path / "nowhere")
    path.write_bytes(b"something else altogether")
    with pytest.raises(Rejected, match="is not a slice"):
        Slice(path)


def test_a_slice_that_was_not_finished_leaves_no_file(tmp_path: Path) -> None:
    with SliceWriter(tmp_path / "slice") as writer:
        writer.append(Batch(0, 1, b"a"))
        with pytest.raises(PositionConflict):
            writer.append(Batch(2, 1, b"b"))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = written(tmp_path / "slice", [])
    with pytest.raises(Rejected, match="exists already"):
        SliceWriter(path)
    with pytest.raises(Rejected, match="cannot be written"):
        SliceWriter(tmp_path / "nowhere" / "slice")


def test_a_data_directory_is_read_while_its_owner_writes_on(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="there is no journal"):
        DirectoryReader(tmp_path)
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.append(0, 2, b"first")
        with closing(DirectoryReader(tmp_path)) as reader:
            journal.append(2, 1, b"second")
            assert reader.end == 2
            assert list(reader.read()) == [Batch(0, 2, b"first")]
            assert list(reader.read(1)) == []
        with closing(DirectoryReader(tmp_path)) as reader:
            assert list(reader.read(2)) == [Batch(2, 1, b"second")]
