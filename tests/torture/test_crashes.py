"""What was acknowledged outlives kills and power cuts at any operation, and disks that fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from camshaft.journal.sqlite import SqliteJournal
from torture.power import disk_after
from torture.rounds import Recorded, cut_power, fail_at, recorded_run, scratch
from torture.shim import Failing, Fault
from torture.trace import DIRECTORY, Create, Operation, Rename, Sync, Truncate, Write
from torture.writer import FAILED

BATCHES = 120
CUTS = 60


@pytest.fixture(scope="module")
def recorded() -> Iterator[Recorded]:
    with scratch() as within:
        yield recorded_run(within, BATCHES)


@pytest.fixture
def within() -> Iterator[Path]:
    with scratch() as directory:
        yield directory


def test_the_record_holds_all_that_a_journal_does(recorded: Recorded) -> None:
    operations = recorded.operations
    assert sum(isinstance(each, Sync) and each.name == "journal.sqlite-wal" for each in operations) > BATCHES
    # The log was taken into the file more than once: in the middle, and when the journal was closed.
    assert sum(isinstance(each, Sync) and each.name == "journal.sqlite" for each in operations) > 1
    assert any(isinstance(each, Sync) and each.name == DIRECTORY for each in operations)
    assert sum(isinstance(each, Rename) and each.to.startswith("snapshot-") for each in operations) > 4


def test_the_recorded_journal_was_cut_off(recorded: Recorded, within: Path) -> None:
    disk_after(recorded.operations).as_seen(within)
    with closing(SqliteJournal(within)) as journal:
        assert journal.begin > 0


def test_a_power_cut_at_any_moment_loses_nothing_that_was_acknowledged(recorded: Recorded, within: Path) -> None:
    choose = Random(11)
    cuts = choose.sample(range(len(recorded.operations) + 1), CUTS)
    assert cut_power(recorded, within, cuts, each=3, choose=choose) == 4 * CUTS


def test_every_moment_of_the_first_batches_is_survived(recorded: Recorded, within: Path) -> None:
    assert cut_power(recorded, within, range(80), each=2, choose=Random(12)) == 240


def test_the_harness_tells_where_a_sync_is_missing(recorded: Recorded, within: Path) -> None:
    """A journal that did not sync would be found out: the same operations without their syncs lose inputs."""
    unsynced = Recorded([each for each in recorded.operations if not isinstance(each, Sync)], recorded.ends)
    with pytest.raises(Exception, match=r"were acknowledged|is damaged|cannot be opened|is not a database"):
        cut_power(unsynced, within, range(200, len(unsynced.operations), 40), each=4, choose=Random(13))


@pytest.mark.parametrize("fault", [Fault.KILL, Fault.TORN])
def test_a_process_killed_at_an_operation_leaves_what_it_acknowledged(
    recorded: Recorded, within: Path, fault: Fault
) -> None:
    choose = Random(fault.value)
    for at in [1, 5, 9, *choose.sample(range(10, len(recorded.operations)), 2)]:
        code = fail_at(within / str(at), BATCHES, Failing(fault, at))
        assert code < 0 or fault is Fault.TORN


def test_a_failed_sync_ends_acknowledging(recorded: Recorded, within: Path) -> None:
    choose = Random(15)
    start = next(number for number, each in enumerate(recorded.operations) if _is_first_acknowledgement(each))
    for at in choose.sample(range(start, len(recorded.operations) - 300), 3):
        assert fail_at(within / str(at), BATCHES, Failing(Fault.IO_ERROR, at)) == FAILED


def test_a_full_disk_is_no_end_once_there_is_room_again(recorded: Recorded, within: Path) -> None:
    choose = Random(16)
    start = next(number for number, each in enumerate(recorded.operations) if _is_first_acknowledgement(each))
    codes = [
        fail_at(within / str(at), BATCHES, Failing(Fault.NO_SPACE, at, times=3))
        for at in choose.sample(range(start, len(recorded.operations) - 300), 3)
    ]
    assert 0 in codes
    assert set(codes) <= {0, FAILED}


def _is_first_acknowledgement(each: object) -> bool:
    return isinstance(each, Write) and each.name == "acknowledged"


def test_renames_and_truncations_are_part_of_the_model(within: Path) -> None:
    operations: list[Operation] = [
        Create("new"),
        Write("new", 0, b"abcdef"),
        Truncate("new", 3),
        Sync("new"),
        Rename("new", "old"),
    ]
    seen = within / "seen"
    seen.mkdir()
    disk_after(operations).as_seen(seen)
    assert (seen / "old").read_bytes() == b"abc"
    for seed in range(20):
        cut = within / str(seed)
        cut.mkdir()
        disk_after([*operations, Sync(DIRECTORY)]).after_power_cut(cut, Random(seed))
        assert {path.name: path.read_bytes() for path in cut.iterdir()} == {"old": b"abc"}
