"""Syncing in the background, at least once a second: for journals that acknowledge what is written but not yet synced.

What was written survives the death of its process, since the kernel has it; what was synced survives that of the
machine. Between the two lies what a power cut may take: the writes of about a second. A disk that does not keep up
makes whoever writes wait, so that it never becomes much more.

Rule: a sync that failed is never tried again. The kernel may have dropped what it could not write, and a second try
that succeeds would prove nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

INTERVAL_S: Final = 1.0
"""How old the oldest write may be when its sync begins."""
MOST_BEHIND_S: Final = 2.0
"""How old a write without a sync may be when the next one is acknowledged."""


class BackgroundSync:
    """A thread that syncs while there is something to sync. One other thread says what was written."""

    def __init__(
        self,
        sync: Callable[[], None],
        position: int,
        synced: Callable[[int], None],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sync` makes all writes so far durable, or raises OSError; `synced` is told the position that they reach."""
        self.synced_position = position
        """Everything before it survives the death of the machine."""
        self._sync = sync
        self._tell = synced
        self._clock_s = clock_s
        self._written_position = position
        self._waiting_since_s: float | None = None
        """When the first write came that no sync has begun for."""
        self._syncing_since_s: float | None = None
        """The same, of the writes that are being synced now."""
        self._error: BaseException | None = None
        self._is_closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="camshaft-sync", daemon=True)
        self._thread.start()

    def written(self, position: int) -> None:
        """Everything before a position is written. Returns at once, unless the disk is too far behind.

        Raises the OSError of a sync that failed, now or at any time before; or whatever else ended the thread.
        """
        with self._changed:
            self._written_position = position
            now_s = self._clock_s()
            if self._waiting_since_s is None:
                self._waiting_since_s = now_s
                self._changed.notify()
            while self._error is None and now_s - self._oldest_s(now_s) > MOST_BEHIND_S:
                self._changed.wait()
            if self._error is not None:
                raise self._error

    def close(self) -> None:
        """Sync what is left and end the thread. Raises what `written` does. Closing twice is allowed."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _oldest_s(self, now_s: float) -> float:
        if self._syncing_since_s is not None:
            return self._syncing_since_s
        return now_s if self._waiting_since_s is None else self._waiting_since_s

    def _run(self) -> None:
        while (position := self._begin()) is not None:
            failure: BaseException | None = None
            try:
                self._sync()
                self._tell(position)
            except BaseException as error:  # noqa: BLE001 - it is raised in the thread that writes
                failure = error
            self._finish(position, failure)

    def _begin(self) -> int | None:
        """Wait until it is time to sync; the position that the sync will reach, or None where it was the last one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting_since_s is not None or self._is_closing)
            if self._waiting_since_s is None or self._error is not None:
                return None
            left_s = self._waiting_since_s + INTERVAL_S - self._clock_s()
            self._changed.wait_for(lambda: self._is_closing, max(0.0, left_s))
            self._syncing_since_s, self._waiting_since_s = self._waiting_since_s, None
            return self._written_position

    def _finish(self, position: int, failure: BaseException | None) -> None:
        with self._changed:
            self._syncing_since_s = None
            self._error = failure
            if failure is None:
                self.synced_position = position
            self._changed.notify()
