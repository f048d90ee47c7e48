"""Snapshots of a node that runs: written by a child process, which has the node's memory as it was at one moment.

The child encodes, writes and ends (see `forking`). Decision 31 says what else was considered.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from camshaft.errors import Rejected
from camshaft.journal.snapshots import SnapshotPolicy
from camshaft.node.forking import forked
from camshaft.runtime.replica import Replica
from camshaft.runtime.truncation import Truncation

_LOOK_S: Final = 1.0
"""Seconds between looks at whether a snapshot is due."""
if TYPE_CHECKING:
    from camshaft.node.connection import Connection
    from camshaft.node.context import Context

log: Final = logging.getLogger(__name__)


class Snapshotter:
    """Makes snapshots of a replica in a running event loop, one at a time."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        replica: Replica,
        policy: SnapshotPolicy,
        truncation: Truncation,
        work: Callable[[], None],
    ) -> None:
        """`work` lets what was put off be done: the journal is cut off after a snapshot, where it may be."""
        self._loop = loop
        self._truncation = truncation
        self._work = work
        self._replica = replica
        self._policy = policy
        self._since = (replica.snapshot_position, replica.written_bytes)
        """The position, and the bytes that were written, from which it is counted whether one is due."""
        self._look: asyncio.TimerHandle | None = None
        self._child: tuple[int, int] | None = None
        self.writing: int | None = None
        """The position of the snapshot that is being written."""
        self.last_failed = False
        self.last_seconds = 0.0
        """How long the last snapshot took."""
        self.is_held = False
        """Whether none is begun unasked: another process is about to take the node over."""
        self.pause_us = 0
        """Microseconds that the node stood still for the last one."""
        self._started_s = 0.0

    def start(self) -> None:
        """Look now and then whether one is due."""
        if self._replica.snapshots is not None:
            self._replica.snapshots.prune(self._truncation.base())
            self._truncate()
            self._schedule()

    def stop(self) -> None:
        """Make none any more. One that is being written is given up: the journal has all that it would hold."""
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if self._child is not None:
            pid, descriptor = self._child
            self._loop.remove_reader(descriptor)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._reap(pid, descriptor)

    def begin(self) -> int:
        """Begin a snapshot of the present state, and give its position.

        Raises `Rejected` where one is being written already, or none can be made now.
        """
        replica = self._replica
        if self.writing is not None:
            raise Rejected(f"a snapshot of position {self.writing} is being written already")
        write, position = replica.snapshot_writer(self._truncation.base()), replica.engine.position
        # Counted anew even if it fails: on a full disk, one would else be tried again every second.
        self._since = (position, replica.written_bytes)
        self._started_s = time.monotonic()
        try:
            pid = forked("the snapshot cannot be written", write)
        except Rejected:
            self.last_failed = True
            raise
        self.pause_us = int((time.monotonic() - self._started_s) * 1e6)
        descriptor = os.pidfd_open(pid)
        self._child, self.writing = (pid, descriptor), position
        self._loop.add_reader(descriptor, self._ended, pid, descriptor, position)
        return position

    def _schedule(self) -> None:
        self._look = self._loop.call_later(_LOOK_S, self._look_whether_due)

    def _look_whether_due(self) -> None:
        self._schedule()
        replica, (position, written_bytes) = self._replica, self._since
        entries = replica.engine.position - position
        if (
            self.writing is None
            and not self.is_held
            and self._policy.is_due(entries, replica.written_bytes - written_bytes)
        ):
            with contextlib.suppress(Rejected):  # a rollout is under way: it will be due again when that is over
                self.begin()

    def _ended(self, pid: int, descriptor: int, position: int) -> None:
        self._loop.remove_reader(descriptor)
        code = self._reap(pid, descriptor)
        self.last_seconds = time.monotonic() - self._started_s
        self.last_failed = code != 0
        if self.last_failed:
            log.error("the snapshot of position %d failed (code %d); the journal holds everything", position, code)
        else:
            self._replica.snapshot_position = position
            self._truncate()

    def _truncate(self) -> None:
        if self._truncation.begin():
            self._work()

    def _reap(self, pid: int, descriptor: int) -> int:
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        self._child = self.writing = None
        return os.waitstatus_to_exitcode(status)


def snapshot(context: Context, _client: Connection, _words: Sequence[bytes]) -> Any:
    """SNAPSHOT"""
    context.settle()
    return context.snapshotter.begin()
