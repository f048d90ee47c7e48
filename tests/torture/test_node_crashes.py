"""A node that is killed, whose power goes or whose disk fails keeps what it promised, and nothing that it refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import msgspec
import pytest

from torture.cuts import RecordedLife, cut_life, record_life
from torture.lives import Lives
from torture.node import Life, Nursery, TorturedNode
from torture.power import Disk, disk_after
from torture.rounds import scratch
from torture.shim import Failing, Fault
from torture.trace import Sync

SEED = 5


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as made:
        yield made


@pytest.fixture
def within() -> Iterator[Path]:
    with scratch() as directory:
        yield directory


@pytest.fixture(scope="module")
def lived(nursery: Nursery) -> Iterator[tuple[Lives, RecordedLife]]:
    """A directory with a life that was recorded from its beginning to its end."""
    with scratch() as directory:
        lives = Lives(directory, nursery, Random(SEED), commands=40)
        yield lives, record_life(lives)


def again(life: RecordedLife) -> RecordedLife:
    """The same life on a disk that nobody has used yet."""
    return replace(life, disk=Disk())


def test_a_node_killed_again_and_again_agrees_with_what_its_clients_were_told(nursery: Nursery, within: Path) -> None:
    lives = Lives(within, nursery, Random(SEED), commands=30)
    for failing in (None, Failing(Fault.KILL, 25), Failing(Fault.TORN, 130), Failing(Fault.NO_SPACE, 60, times=4)):
        lives.live(failing)
    assert len(lives.history.placed) > 100
    assert lives.seen["states compared"] > 4


def test_a_node_whose_disk_is_full_says_so_and_goes_on_once_there_is_room(nursery: Nursery, within: Path) -> None:
    lives = Lives(within, nursery, Random(SEED), commands=30)
    lives.live(Failing(Fault.NO_SPACE, 100, times=3))
    told = [one.way for one in lives.book.asked if one.identity is not None]
    assert "disk full" in told
    assert "good" in told[told.index("disk full") :]
    assert lives.seen["ENOSPC: code 0"] == 1


@pytest.mark.parametrize("fault", [Fault.IO_ERROR, Fault.WRITE_ERROR])
def test_a_node_whose_disk_fails_says_so_and_answers_nobody_any_more(
    nursery: Nursery, within: Path, fault: Fault
) -> None:
    lives = Lives(within, nursery, Random(SEED), commands=30)
    life = record_life(lives, Failing(fault, 100, times=1_000))
    assert lives.seen[f"{fault.value}: code 1"] == 1
    last = range(life.moments)[-10:]
    assert cut_life(life, within, last, each=2, choose=Random(SEED)) == 30
    lives.live(None)


def test_the_record_of_a_node_is_all_that_it_did_to_its_directory(
    lived: tuple[Lives, RecordedLife], within: Path
) -> None:
    lives, life = lived
    disk_after(life.operations).as_seen(within)
    found = {path.name for path in lives.data.iterdir()}
    assert {path.name for path in within.iterdir()} == found
    # One is mapped, and nobody reads it after a crash; the other is a socket.
    for name in found - {"journal.sqlite-shm", "control"}:
        assert (within / name).read_bytes() == (lives.data / name).read_bytes(), name


def test_a_power_cut_at_any_moment_leaves_what_clients_were_told(
    lived: tuple[Lives, RecordedLife], within: Path
) -> None:
    _, life = lived
    choose = Random(SEED)
    assert cut_life(again(life), within, choose.sample(range(life.moments), 12), each=2, choose=choose) == 36


def test_the_harness_tells_where_a_node_does_not_sync(lived: tuple[Lives, RecordedLife], within: Path) -> None:
    _, life = lived
    unsynced = replace(again(life), trace=[each for each in life.trace if not isinstance(each, Sync)])
    with pytest.raises(Exception, match=r"were promised|is damaged|cannot be opened|is not a database"):
        cut_life(unsynced, within, range(20, unsynced.moments, 20), each=4, choose=Random(SEED))


@pytest.fixture(scope="module", params=["always", "everysec"])
def taken_over(request: pytest.FixtureRequest, nursery: Nursery) -> Iterator[RecordedLife]:
    """A life in which another process takes the node over, under clients, and both were recorded."""
    with scratch() as directory, Nursery() as heirs:
        is_synced_behind = request.param == "everysec"
        lives = Lives(directory, nursery, Random(SEED), is_synced_behind, heirs=heirs, commands=20)
        yield record_life(lives, has_heir=True)


def test_a_power_cut_while_a_node_is_taken_over_leaves_what_clients_were_told(
    taken_over: RecordedLife, within: Path
) -> None:
    choose = Random(SEED)
    both, after = taken_over.handing_over, range(taken_over.handing_over.stop, taken_over.moments)
    assert len(both) > 10
    cuts = [*choose.sample(both, 10), *choose.sample(after, 5)]
    assert cut_life(again(taken_over), within, cuts, each=2, choose=choose) == 45


def test_the_harness_tells_where_the_process_that_has_taken_over_does_not_sync(
    taken_over: RecordedLife, within: Path
) -> None:
    end = taken_over.handing_over.stop
    later = [each for each in taken_over.trace[end:] if not isinstance(each, Sync)]
    unsynced = replace(again(taken_over), trace=[*taken_over.trace[:end], *later], is_synced_behind=False)
    with pytest.raises(Exception, match=r"were promised|is damaged|cannot be opened|is not a database"):
        cut_life(unsynced, within, range(end, unsynced.moments, 20), each=4, choose=Random(SEED))


def test_the_harness_tells_where_an_answered_input_is_lost_doubled_or_moved(lived: tuple[Lives, RecordedLife]) -> None:
    lives, _ = lived
    placed = lives.history.placed
    lives.book.check(placed)
    at = len(placed) // 2
    for wrong in (
        [*placed[:at], *placed[at + 1 :]],
        [*placed[:at], placed[at], *placed[at:]],
        [*placed[:1], *placed[at:], *placed[1:at]],
    ):
        moved = [msgspec.structs.replace(each, position=position) for position, each in enumerate(wrong)]
        with pytest.raises(AssertionError):
            lives.book.check(moved)


def started(nursery: Nursery, life: Life) -> tuple[bool, int, str]:
    """Start a node and stop it: whether it was ready, how it ended, and what it said on stderr."""
    node = TorturedNode(nursery, life)
    try:
        if node.port is not None:
            node.stop()
        return node.port is not None, node.wait(), node.said
    finally:
        node.end()


@pytest.mark.parametrize("durability", ["always", "everysec"])
def test_a_directory_that_cannot_be_written_is_told_and_nothing_starts(
    nursery: Nursery, within: Path, durability: str
) -> None:
    data = within / "data"
    data.mkdir()
    told = "make it writable, or give the node another one with --data"
    for _ in range(2):  # an empty one, and one with a journal
        read_only = Life(data, ("--durability", durability), Failing(Fault.READ_ONLY, 1))
        error = f"error: the data directory {data} cannot be used: Read-only file system; {told}\n"
        assert started(nursery, read_only) == (False, 1, error)
        assert started(nursery, Life(data))[:2] == (True, 0)


@pytest.mark.parametrize("fault", [Fault.NO_SPACE, Fault.IO_ERROR, Fault.WRITE_ERROR])
def test_a_disk_that_fails_while_a_node_starts_is_told_and_the_next_start_succeeds(
    nursery: Nursery, within: Path, fault: Fault
) -> None:
    for at in (3, 4, 41):
        data = within / str(at)
        data.mkdir()
        is_ready, code, said = started(nursery, Life(data, failing=Failing(fault, at, times=1_000)))
        assert (is_ready, code) in ((False, 1), (True, 0), (True, 1)), said
        assert "Traceback" not in said
        if code == 1:
            assert said.startswith("error: "), said
            assert "No space left" in said or "disk is full" in said or "disk I/O error" in said or "Errno 5" in said
        assert started(nursery, Life(data))[:2] == (True, 0)
