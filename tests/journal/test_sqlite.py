"""What the SQLite journal promises beyond the protocol: it survives, it has one owner, and it notices damage."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camshaft.errors import Rejected
from camshaft.journal.file import FILE_NAME
from camshaft.journal.journal import (
    Batch,
    DamagedJournal,
    DirectoryInUse,
    Durability,
    JournalFailed,
    JournalFull,
    RemovedEntries,
    UnknownFormat,
)
from camshaft.journal.reading import DirectoryReader
from camshaft.journal.salvage import salvage
from camshaft.journal.sqlite import SqliteJournal

BATCHES = [Batch(position, 1, b"payload %d " % position * 40) for position in range(100)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The directory of a closed journal of a hundred batches."""
    write(tmp_path / "data")
    return tmp_path / "data"


def write(directory: Path) -> None:
    with closing(SqliteJournal(directory)) as journal:
        for batch in BATCHES:
            journal.append(batch.position, batch.count, batch.payload)


def read(directory: Path) -> list[Batch]:
    with closing(SqliteJournal(directory)) as journal:
        return list(journal.read())


def change(directory: Path, statement: str) -> None:
    with closing(sqlite3.connect(directory / FILE_NAME)) as connection, connection:
        connection.execute(statement)


def content(directory: Path) -> bytes | None:
    path = directory / FILE_NAME
    return path.read_bytes() if path.exists() else None


# ---- surviving -----------------------------------------------------------------------------------------------------


def test_what_was_appended_is_there_after_opening_again(data: Path) -> None:
    assert read(data) == BATCHES
    with closing(SqliteJournal(data)) as journal:
        assert journal.next_position == len(BATCHES)
        journal.append(len(BATCHES), 7, b"more")
    assert read(data) == [*BATCHES, Batch(len(BATCHES), 7, b"more")]


def test_many_batches_are_written_as_one(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.extend(BATCHES[:50])
        with pytest.raises(Rejected, match="at position 60, but the journal continues at position 70"):
            journal.extend([*BATCHES[50:70], *BATCHES[60:]])
        assert journal.next_position == 50
        journal.extend(BATCHES[50:])
    assert read(tmp_path) == BATCHES


def test_a_process_that_was_killed_leaves_what_it_had_appended(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from camshaft.journal.sqlite import SqliteJournal\n"
        "journal = SqliteJournal(sys.argv[1])\n"
        "for position in range(10):\n"
        "    journal.append(position, 1, b'%d' % position)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert [batch.payload for batch in read(tmp_path)] == [b"%d" % position for position in range(10)]


def test_a_full_disk_refuses_the_batch_and_the_journal_goes_on_once_there_is_room(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.append(0, 1, b"first")
        journal._connection.execute("PRAGMA max_page_count = 4")
        with pytest.raises(JournalFull, match="the disk is full: nothing was written"):
            journal.append(1, 1, bytes(100_000))
        assert journal.next_position == 1
        journal._connection.execute("PRAGMA max_page_count = 100000")
        journal.append(1, 1, b"second")
    assert [batch.payload for batch in read(tmp_path)] == [b"first", b"second"]


def test_after_a_failed_write_nothing_is_taken_until_the_journal_is_opened_again(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path)) as journal:
        journal.append(0, 1, b"first")
        journal._connection.execute("PRAGMA query_only = ON")
        with pytest.raises(JournalFailed, match="may or may not be there, and nothing more is accepted"):
            journal.append(1, 1, b"second")
        journal._connection.execute("PRAGMA query_only = OFF")
        with pytest.raises(JournalFailed, match="nothing more is accepted"):
            journal.append(1, 1, b"third")
        with pytest.raises(JournalFailed, match="nothing more is accepted"):
            journal.extend([Batch(1, 1, b"third")])
    with closing(SqliteJournal(tmp_path)) as journal:
        assert list(journal.read()) == [Batch(0, 1, b"first")]
        journal.append(1, 1, b"second")


# ---- one owner -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("durability", [Durability.ALWAYS, Durability.EVERYSEC])
def test_nothing_is_acknowledged_once_the_directory_was_removed(tmp_path: Path, durability: Durability) -> None:
    data = tmp_path / "data"
    with closing(SqliteJournal(data, durability)) as journal:
        journal.append(0, 1, b"kept")
        shutil.rmtree(data)
        for _ in range(2):
            with pytest.raises(JournalFailed, match=r"was removed while it was in use: .* nothing more is accepted"):
                journal.append(1, 1, b"into the void")
        assert journal.next_position == 1


def test_a_directory_has_one_owner_whose_pid_is_named(data: Path) -> None:
    with (
        closing(SqliteJournal(data)),
        pytest.raises(DirectoryInUse, match=rf"{data} is in use by another node \(pid {os.getpid()}\)"),
    ):
        SqliteJournal(data)
    assert read(data) == BATCHES


def test_an_owner_that_was_killed_does_not_keep_the_directory(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from camshaft.journal.sqlite import SqliteJournal\n"
        "journal = SqliteJournal(sys.argv[1])\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        with pytest.raises(DirectoryInUse, match=rf"\(pid {owner.pid}\)"):
            SqliteJournal(tmp_path)
        owner.kill()
        owner.wait()
        assert read(tmp_path) == []


def test_a_directory_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Rejected, match="cannot be used: Not a directory"):
        SqliteJournal(tmp_path / "file" / "data")


def test_a_file_that_cannot_be_opened_is_a_clear_error_and_gives_the_directory_back(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    for _ in range(2):
        with pytest.raises(Rejected, match=f"{FILE_NAME} cannot be opened: "):
            SqliteJournal(tmp_path)


# ---- damage --------------------------------------------------------------------------------------------------------


def delete_the_file(data: Path) -> None:
    (data / FILE_NAME).unlink()


def empty_the_file(data: Path) -> None:
    os.truncate(data / FILE_NAME, 0)


def write_garbage(data: Path) -> None:
    (data / FILE_NAME).write_bytes(b"no database at all " * 1000)


def halve_the_file(data: Path) -> None:
    os.truncate(data / FILE_NAME, (data / FILE_NAME).stat().st_size // 2)


def cut_a_part_of_a_page(data: Path) -> None:
    os.truncate(data / FILE_NAME, (data / FILE_NAME).stat().st_size - 1000)


def flip_a_byte_of_a_payload(data: Path) -> None:
    content = bytearray((data / FILE_NAME).read_bytes())
    content[content.index(b"payload 42 ") + 3] ^= 0x20
    (data / FILE_NAME).write_bytes(content)


def delete_a_row(data: Path) -> None:
    change(data, "DELETE FROM batches WHERE position = 17")


def delete_the_first_row(data: Path) -> None:
    change(data, "DELETE FROM batches WHERE position = 0")


def delete_the_last_rows(data: Path) -> None:
    change(data, "DELETE FROM batches WHERE position >= 95")


def move_a_row(data: Path) -> None:
    change(data, "UPDATE batches SET position = 100 WHERE position = 99")


def change_a_count(data: Path) -> None:
    change(data, "UPDATE batches SET count = 2 WHERE position = 42")


def change_the_last_count(data: Path) -> None:
    change(data, "UPDATE batches SET count = 'many' WHERE position = 99")


def put_text_where_bytes_belong(data: Path) -> None:
    change(data, "UPDATE batches SET payload = CAST(x'ff00' AS TEXT) WHERE position = 42")


def drop_the_table(data: Path) -> None:
    change(data, "DROP TABLE batches")


def make_it_another_database(data: Path) -> None:
    change(data, "PRAGMA application_id = 1")


def zero_the_format(data: Path) -> None:
    change(data, "PRAGMA user_version = 0")


def spoil_the_schema(data: Path) -> None:
    content = (data / FILE_NAME).read_bytes()
    (data / FILE_NAME).write_bytes(content.replace(b"CREATE TABLE", b"CREATE T\x98BLE"))


DAMAGES: dict[Callable[[Path], None], tuple[int | None, str]] = {
    delete_the_file: (0, "the file is missing, but 100 entries were written"),
    empty_the_file: (0, "the file is empty, but 100 entries were written"),
    write_garbage: (0, "file is not a database"),
    halve_the_file: (None, "malformed"),
    cut_a_part_of_a_page: (None, "is damaged at position 9"),  # what SQLite makes of half a page is its business
    flip_a_byte_of_a_payload: (42, "the checksum of the batch does not match its bytes"),
    delete_a_row: (17, "the next batch in the file is at position 18"),
    delete_the_first_row: (0, "the next batch in the file is at position 1"),
    delete_the_last_rows: (95, "it ends at position 95, but 100 entries were written: 5 are missing at the end"),
    move_a_row: (99, "the next batch in the file is at position 100"),
    change_a_count: (42, "the checksum of the batch does not match its bytes"),
    change_the_last_count: (99, "the row is not a batch"),
    put_text_where_bytes_belong: (42, "the checksum of the batch does not match its bytes"),
    drop_the_table: (0, "no such table"),
    spoil_the_schema: (0, "its schema is garbage"),
    make_it_another_database: (0, "not a journal of Camshaft"),
    zero_the_format: (0, "journal format 0, which never existed"),
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_is_found_named_and_left_alone(data: Path, damage: Callable[[Path], None]) -> None:
    position, reason = DAMAGES[damage]
    damage(data)
    before = content(data)
    with pytest.raises(DamagedJournal) as caught:
        read(data)
    assert reason in str(caught.value)
    assert str(data / FILE_NAME) in str(caught.value)
    assert position is None or caught.value.position == position
    assert content(data) == before


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_the_intact_prefix_is_salvaged(data: Path, damage: Callable[[Path], None], tmp_path: Path) -> None:
    damage(data)
    with pytest.raises(DamagedJournal) as caught:
        read(data)
    intact = caught.value.position
    if intact == 0:
        with pytest.raises(Rejected):
            salvage(data, tmp_path / "new")
        assert not (tmp_path / "new").exists()
        return
    assert f"camshaft recover --data {data} --to NEWDIR" in str(caught.value)
    salvaged = salvage(data, tmp_path / "new")
    assert salvaged.entries == intact
    assert salvaged.damage is not None
    assert salvaged.damage.startswith(f"position {intact}: ")
    assert read(tmp_path / "new") == BATCHES[:intact]


def test_a_lost_write_ahead_log_is_noticed(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "data")
    for batch in BATCHES:
        journal.append(batch.position, batch.count, batch.payload)
    shutil.copytree(tmp_path / "data", tmp_path / "killed")  # as a killed process leaves it: nothing closed
    journal.close()
    shutil.copytree(tmp_path / "killed", tmp_path / "damaged")
    assert read(tmp_path / "killed") == BATCHES
    log = tmp_path / "damaged" / f"{FILE_NAME}-wal"
    os.truncate(log, log.stat().st_size - 5000)
    (tmp_path / "damaged" / f"{FILE_NAME}-shm").unlink()
    with pytest.raises(DamagedJournal, match="missing at the end") as caught:
        SqliteJournal(tmp_path / "damaged")
    assert 90 <= caught.value.position < 100
    assert log.exists()


def test_a_mark_that_a_power_cut_spoiled_is_no_damage(data: Path) -> None:
    (data / "mark").write_bytes(bytes(21))
    assert read(data) == BATCHES
    (data / "mark").unlink()
    assert read(data) == BATCHES


def test_an_intact_journal_can_be_copied_too(data: Path, tmp_path: Path) -> None:
    salvaged = salvage(data, tmp_path / "new")
    assert (salvaged.entries, salvaged.damage) == (100, None)
    assert read(tmp_path / "new") == BATCHES


def test_salvage_asks_for_a_journal_and_for_an_empty_target(data: Path, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="there is no journal in"):
        salvage(tmp_path / "nowhere", tmp_path / "new")
    with pytest.raises(Rejected, match="holds something already"):
        salvage(data, data)
    with closing(SqliteJournal(data)), pytest.raises(DirectoryInUse):
        salvage(data, tmp_path / "new")


# ---- what was removed ------------------------------------------------------------------------------------------------


def remove(directory: Path, position: int) -> None:
    with closing(SqliteJournal(directory)) as journal:
        while journal.remove_before(position):
            pass


def test_what_was_removed_is_gone_after_opening_again(data: Path) -> None:
    remove(data, 40)
    with closing(SqliteJournal(data)) as journal:
        assert (journal.begin, journal.next_position) == (40, 100)
        assert list(journal.read(40)) == BATCHES[40:]
    with closing(DirectoryReader(data)) as reader:
        assert (reader.begin, reader.end) == (40, 100)


def test_a_file_that_was_never_cut_off_is_of_the_first_format_and_one_that_was_is_not(data: Path) -> None:
    versions = []
    for position in (0, 1):
        remove(data, position)
        with closing(sqlite3.connect(data / FILE_NAME)) as connection:
            versions += connection.execute("PRAGMA user_version").fetchone()
    assert versions == [1, 2]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM batches WHERE position < 45", "at position 40: the next batch in the file is at position 45"),
        ("DELETE FROM batches WHERE position = 50", r"at position 50: .* Positions 40 to 49 are intact"),
        ("UPDATE beginning SET position = 39", "at position 39: the next batch in the file is at position 40"),
        ("DELETE FROM beginning", "at position 0: it does not say where it begins"),
        ("DROP TABLE beginning", "at position 0: SQLite cannot read on"),
        ("UPDATE beginning SET position = -1", "at position 0: it does not say where it begins"),
        ("UPDATE beginning SET position = 'x'", "at position 0: it does not say where it begins"),
    ],
)
def test_a_beginning_that_was_lost_is_damage_and_not_history_that_was_removed(
    data: Path, statement: str, problem: str
) -> None:
    remove(data, 40)
    change(data, statement)
    with pytest.raises(DamagedJournal, match=problem), closing(SqliteJournal(data)) as journal:
        list(journal.read(journal.begin))


def test_a_reader_who_began_before_reads_to_the_end(data: Path) -> None:
    with closing(DirectoryReader(data)) as reader:
        batches = reader.read()
        first = next(batches)
        remove(data, 40)
        assert [first, *batches] == BATCHES
        with pytest.raises(RemovedEntries, match="begins at position 40"):
            next(reader.read(0))
        assert list(reader.read(40)) == BATCHES[40:]


def test_room_is_used_again_and_given_back_where_it_is_more_than_half_of_the_file(tmp_path: Path) -> None:
    payload = bytes(60_000)
    with closing(SqliteJournal(tmp_path, Durability.EVERYSEC, sync=lambda _: None)) as journal:
        for position in range(400):
            journal.append(position, 1, payload)
        used = journal.used_bytes
        while journal.remove_before(190):
            pass
        assert journal.used_bytes < 0.6 * used
        for position in range(400, 580):
            journal.append(position, 1, payload)
        assert journal.used_bytes <= used
        while journal.remove_before(570):
            pass
        assert [batch.position for batch in journal.read(570)] == list(range(570, 580))
    assert (tmp_path / FILE_NAME).stat().st_size < 0.3 * used


def test_removing_goes_on_where_it_was_killed(data: Path) -> None:
    """Whatever of a removal was done, the file begins where it says."""
    script = f"""
import os
from camshaft.journal.sqlite import SqliteJournal
journal = SqliteJournal({str(data)!r})
journal.append(100, 1, b"last")
assert journal.remove_before(90)
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
    with closing(SqliteJournal(data)) as journal:
        assert 0 < journal.begin <= 90
        assert list(journal.read(journal.begin)) == [*BATCHES[journal.begin :], Batch(100, 1, b"last")]


def test_a_newer_format_is_refused_with_a_way_out(data: Path) -> None:
    change(data, "PRAGMA user_version = 99")
    with pytest.raises(UnknownFormat, match=r"journal format 99; this version .* up to 2: use the version that wrote"):
        SqliteJournal(data)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere_never_passes_as_other_entries(data: Path, where: float, bit: int) -> None:
    """What is read before the damage is found is what was written, and nothing is missing without a word."""
    path = data / FILE_NAME
    original = path.read_bytes()
    content = bytearray(original)
    content[int(where * len(content))] ^= 1 << bit
    path.write_bytes(content)
    seen: list[Batch] = []
    try:
        with closing(SqliteJournal(data)) as journal:
            seen.extend(journal.read())
    except Rejected:
        assert seen == BATCHES[: len(seen)]
    else:
        assert seen == BATCHES
    finally:
        path.write_bytes(original)
        (data / f"{FILE_NAME}-wal").unlink(missing_ok=True)
        (data / f"{FILE_NAME}-shm").unlink(missing_ok=True)


def test_the_first_format_is_read_for_ever(tmp_path: Path) -> None:
    formats = Path(__file__).parent / "formats"
    shutil.copy(formats / "journal-v1.sqlite", tmp_path / FILE_NAME)
    assert read(tmp_path) == [Batch(0, 6, (formats / "batch-v1.bin").read_bytes()), Batch(6, 1, b"second")]
