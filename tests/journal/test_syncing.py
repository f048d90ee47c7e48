"""Syncing in the background: what was written is synced about a second later, and a disk that fails is not trusted."""

from __future__ import annotations

import errno
import threading
import time

import pytest

from camshaft.journal.syncing import INTERVAL_S, MOST_BEHIND_S, BackgroundSync

_PATIENCE_S = 30.0


class Disk:
    """Syncs when it is let, and remembers when each sync began."""

    def __init__(self) -> None:
        self.began_s: list[float] = []
        self.failure: BaseException | None = None
        self.is_ready = threading.Event()
        self.is_ready.set()
        self.is_busy = threading.Event()

    def sync(self) -> None:
        self.began_s.append(time.monotonic())
        self.is_busy.set()
        assert self.is_ready.wait(_PATIENCE_S)
        if self.failure is not None:
            raise self.failure


class Told:
    """Whom a `BackgroundSync` tells what was synced."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self._changed = threading.Condition()

    def synced(self, position: int) -> None:
        with self._changed:
            self.positions.append(position)
            self._changed.notify()

    def wait_for(self, position: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: position in self.positions, _PATIENCE_S)


def write_until_it_fails(syncing: BackgroundSync) -> None:
    position = 0
    while True:
        position += 1
        syncing.written(position)


def test_what_was_written_is_synced_when_a_second_has_passed() -> None:
    disk, told = Disk(), Told()
    syncing = BackgroundSync(disk.sync, 5, told.synced)
    assert syncing.synced_position == 5
    start_s = time.monotonic()
    syncing.written(6)
    syncing.written(8)
    told.wait_for(8)
    assert told.positions == [8]
    assert disk.began_s[0] - start_s >= INTERVAL_S
    syncing.close()
    assert syncing.synced_position == 8
    assert told.positions == [8], "there was nothing left to sync"


def test_closing_syncs_what_is_left_at_once() -> None:
    disk, told = Disk(), Told()
    syncing = BackgroundSync(disk.sync, 0, told.synced)
    syncing.written(3)
    syncing.close()
    syncing.close()
    assert told.positions == [3]
    assert syncing.synced_position == 3


def test_what_is_written_during_a_sync_waits_for_the_next_one() -> None:
    disk, told = Disk(), Told()
    syncing = BackgroundSync(disk.sync, 0, told.synced)
    disk.is_ready.clear()
    syncing.written(1)
    assert disk.is_busy.wait(_PATIENCE_S)
    syncing.written(2)
    assert syncing.synced_position == 0
    disk.is_ready.set()
    syncing.close()
    assert told.positions == [1, 2]


def test_a_disk_that_does_not_keep_up_makes_the_writer_wait() -> None:
    disk, told = Disk(), Told()
    disk.is_ready.clear()
    now_s = 0.0
    syncing = BackgroundSync(disk.sync, 0, told.synced, lambda: now_s)
    syncing.written(1)
    assert disk.is_busy.wait(_PATIENCE_S)
    now_s = MOST_BEHIND_S
    syncing.written(2)
    now_s = MOST_BEHIND_S + 0.001
    writer = threading.Thread(target=syncing.written, args=(3,))
    writer.start()
    # A writer that does not wait has mostly ended by then; one that waits never has.
    writer.join(0.1)
    assert writer.is_alive()
    disk.is_ready.set()
    writer.join(_PATIENCE_S)
    assert not writer.is_alive()
    assert 1 in told.positions
    syncing.close()
    assert syncing.synced_position == 3


@pytest.mark.parametrize("failure", [OSError(errno.EIO, "Input/output error"), RuntimeError("a fault")])
def test_a_sync_that_failed_is_told_for_ever_and_not_tried_again(failure: BaseException) -> None:
    disk, told = Disk(), Told()
    disk.failure = failure
    syncing = BackgroundSync(disk.sync, 0, told.synced)
    with pytest.raises(type(failure)):
        write_until_it_fails(syncing)
    disk.failure = None
    with pytest.raises(type(failure)):
        syncing.written(1 << 30)
    for _ in range(2):
        with pytest.raises(type(failure)):
            syncing.close()
    assert len(disk.began_s) == 1
    assert told.positions == []
    assert syncing.synced_position == 0
