"""A journal that is cut off: everything that was possible still is, or says where history begins."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import initialize, precondition, rule

from camshaft.bytecode.encoding import encode_program
from camshaft.journal.backup import back_up
from camshaft.journal.journal import Durability, RemovedEntries
from camshaft.journal.snapshots import KEEP_EVERYTHING, NoBeginning, Retention, Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Input
from camshaft.runtime.history import history_in
from camshaft.runtime.past import past_of
from camshaft.runtime.replica import Replica
from camshaft.runtime.truncation import Truncation
from generators.journeys import Journey
from generators.machines import counter, counter_v2, split, upgrade

NO_MORE_THAN_NEEDED = Retention(entries=0)


def opened(directory: Path) -> Replica:
    journal = SqliteJournal(directory, Durability.EVERYSEC, sync=lambda _: None)
    replica = Replica(journal, clock_us=lambda: 0, seed=lambda: b"", snapshots=Snapshots(directory))
    replica.recover()
    return replica


def add(replica: Replica, number: int, *keys: str | None) -> None:
    interface = replica.engine.machine("counter").loaded.id
    replica.commit([Input("counter", key, "add", (number,), interface) for key in keys])


def incr(replica: Replica) -> None:
    replica.commit([Input("counter", None, "incr", (), replica.engine.machine("counter").loaded.id)])


def count_in(replica: Replica) -> int:
    ((_, (count,)),) = replica.engine.machine("counter").states()
    assert isinstance(count, int)
    return count


def memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def cut_off(replica: Replica, retention: Retention = NO_MORE_THAN_NEEDED) -> int:
    """Make a snapshot, cut the journal off as far as may be, and give the position where it begins."""
    truncation = Truncation(replica, retention)
    replica.snapshot_writer(truncation.base())()
    truncation.begin()
    while replica.advance():
        pass
    return replica.journal.begin


def history(directory: Path) -> Engine:
    """An engine that went through the history in a directory from its beginning."""
    with closing(history_in(directory)) as source:
        past = past_of(source)
        engine = Engine(past)
        for position, batch in past(0):
            engine.apply(position, batch)
    return engine


class CutOffJourney(Journey):
    """The journey of the rollbacks, with a journal that is cut off wherever it may be."""

    @initialize()
    def deploy(self) -> None:
        super().deploy()
        self.directory = Path(tempfile.mkdtemp(prefix="camshaft-", dir=memory()))
        with closing(SqliteJournal(self.directory)) as journal:
            journal.extend(self.replica.journal.read())
        self.replica = opened(self.directory)

    @rule()
    def the_journal_is_cut_off(self) -> None:
        cut_off(self.replica)

    @rule()
    def the_node_starts_again(self) -> None:
        self.replica.close()
        self.replica = opened(self.directory)

    @rule()
    def the_node_starts_again_from_a_snapshot(self) -> None:
        self.the_node_starts_again()

    @precondition(lambda self: len(Snapshots(self.directory).newest_first()) > 1)
    @rule()
    def the_node_starts_again_from_the_snapshot_before(self) -> None:
        self.replica.close()
        Snapshots(self.directory).newest_first()[0][1].write_bytes(b"")
        self.replica = opened(self.directory)
        assert self.replica.unusable

    @rule()
    def somebody_goes_through_the_history(self) -> None:
        gone_through, stands = history(self.directory).machines["counter"], self.replica.engine.machines["counter"]
        assert list(gone_through.states()) == list(stands.states())
        assert gone_through.loaded.id == stands.loaded.id

    def teardown(self) -> None:
        if hasattr(self, "directory"):
            self.replica.close()
            shutil.rmtree(self.directory)


TestCutOffJourney = CutOffJourney.TestCase
TestCutOffJourney.settings = settings(stateful_step_count=25, max_examples=30)


# ---- what is kept ----------------------------------------------------------------------------------------------------


def counting(directory: Path) -> Replica:
    replica = opened(directory)
    replica.deploy(encode_program(counter()))
    return replica


def test_two_snapshots_can_always_be_recovered_from(tmp_path: Path) -> None:
    with closing(counting(tmp_path)) as replica:
        add(replica, 1, None)
        assert cut_off(replica) == 0, "one snapshot is not enough"
        add(replica, 1, None)
        assert cut_off(replica) == 1, "the batch that ends at the snapshot stays: it is known by that"
        add(replica, 1, None)
        assert cut_off(replica) == 2
        add(replica, 1, None)
        with pytest.raises(RemovedEntries, match="begins at position 2"):
            next(replica.journal.read(1))
    for damaged in (0, 1):
        with closing(opened(tmp_path)) as replica:
            assert (count_in(replica), len(replica.unusable)) == (4, damaged)
        Snapshots(tmp_path).newest_first()[damaged][1].write_bytes(b"")
    with pytest.raises(NoBeginning, match=r"begins at position 2, .* is damaged: .*: restore a backup"):
        opened(tmp_path)


def test_without_being_told_to_a_node_removes_nothing(tmp_path: Path) -> None:
    with closing(counting(tmp_path)) as replica:
        for _ in range(4):
            add(replica, 1, None)
            assert cut_off(replica, KEEP_EVERYTHING) == 0
        assert len(Snapshots(tmp_path).newest_first()) == 2


def test_history_that_was_cut_off_is_kept_from_there_when_everything_is_to_be_kept_again(tmp_path: Path) -> None:
    with closing(counting(tmp_path)) as replica:
        for _ in range(3):
            add(replica, 1, None)
            begin = cut_off(replica)
        for _ in range(4):
            add(replica, 1, None)
            assert cut_off(replica, KEEP_EVERYTHING) == begin == 2
    assert list(history(tmp_path).machines["counter"].states()) == [(None, (7,))]


def test_so_many_entries_stay_at_least_and_not_many_more(tmp_path: Path) -> None:
    with closing(counting(tmp_path)) as replica:
        begins = []
        for _ in range(60):
            add(replica, 1, None)
            begins.append(replica.journal.next_position - cut_off(replica, Retention(entries=10)))
            assert len(Snapshots(tmp_path).newest_first()) <= 5
        assert min(begins[20:]) > 10
        assert max(begins[20:]) < 10 + 3 + 10
    assert list(history(tmp_path).machines["counter"].states()) == [(None, (60,))]


def test_what_one_of_several_limits_wants_stays() -> None:
    assert not KEEP_EVERYTHING.lets_go(10**9, 10**9, 10**9)
    both = Retention(entries=10, seconds=60.0)
    assert [both.lets_go(*since) for since in ((10, 0, 59.9), (9, 0, 60.0), (10, 0, 60.0))] == [False, False, True]
    assert Retention(journal_bytes=100).lets_go(0, 100, 0)
    assert not Retention(journal_bytes=100).lets_go(0, 99, 0)


def test_history_is_kept_by_its_age_and_by_its_bytes(tmp_path: Path) -> None:
    for retention, is_kept in (
        (Retention(seconds=-1.0), False),
        (Retention(seconds=1.0), True),
        (Retention(journal_bytes=1), False),
        (Retention(journal_bytes=1 << 40), True),
    ):
        directory = tmp_path / f"{retention.seconds} {retention.journal_bytes}"
        with closing(counting(directory)) as replica:
            for _ in range(3):
                add(replica, 1, None)
                begin = cut_off(replica, retention)
        assert (begin == 0) == is_kept


def test_what_a_rollback_by_replay_reads_stays_until_it_is_done_and_gone_through(tmp_path: Path) -> None:
    with closing(counting(tmp_path)) as replica:
        for _ in range(3):
            add(replica, 1, None)
            cut_off(replica)
        replica.upgrade(upgrade(counter(), counter_v2(), split()))
        position = replica.engine.position - 1
        for _ in range(4):
            incr(replica)
            assert cut_off(replica) <= position
        replica.rollback("1" * 32, "counter", position, "replay")
        begin = cut_off(replica)
        assert begin <= position, "whoever goes through the history comes by the rollback"
        assert list(history(tmp_path).machines["counter"].states()) == [(None, (7,))]
        for _ in range(2):
            add(replica, 1, None)
            begin = cut_off(replica)
        assert begin > position
    assert list(history(tmp_path).machines["counter"].states()) == [(None, (9,))]


def test_a_backup_of_a_journal_that_was_cut_off_is_one(tmp_path: Path) -> None:
    with closing(counting(tmp_path / "data")) as replica:
        for _ in range(4):
            add(replica, 1, None, "ann")
            cut_off(replica)
        add(replica, 1, None)
        assert back_up(tmp_path / "data", tmp_path / "copy") == replica.journal.next_position - replica.journal.begin
    with closing(opened(tmp_path / "copy")) as copy:
        assert dict(copy.engine.machine("counter").states()) == {None: (5,), "ann": (4,)}
    for _, path in Snapshots(tmp_path / "data").newest_first():
        path.unlink()
    with pytest.raises(NoBeginning):
        back_up(tmp_path / "data", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_history_says_where_it_begins(tmp_path: Path) -> None:
    with closing(counting(tmp_path)) as replica:
        for _ in range(3):
            add(replica, 1, None)
            cut_off(replica)
    with closing(history_in(tmp_path)) as source:
        assert [batch.position for batch in source.read()] == [0, 3]
        assert [batch.position for batch in source.read(3)] == [3]
        with pytest.raises(RemovedEntries, match="begins at position 3: what came before was removed"):
            next(source.read(2))
