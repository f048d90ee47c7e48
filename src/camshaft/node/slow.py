"""What took a node long lately: a bounded list, as people know it from Redis's SLOWLOG.

Inputs are timed a batch at a time, so that a fast one costs nothing: two readings of the clock for all of a batch. Of a
slow batch, what is told is the method that most of its inputs called. What waited for the disk does not count. Of
queries, those are timed whose work depends on what they are given or find: the others are never slow.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from camshaft.runtime.entries import Input
from camshaft.values.address import Address

SLOW_S: Final = 0.01
"""From how many seconds on something is slow: the default of Redis."""
MOST_SLOW: Final = 128
"""How many are remembered, the last ones."""


class Slow(Struct, frozen=True):
    """Something that took long: a batch of inputs, a query, or a command."""

    id: int
    time_s: int
    took_us: int
    words: tuple[str, ...]
    """What it was, as one would write it; of several inputs, how many called that method, and of how many."""


class SlowLog:
    """The last things that took long."""

    __slots__ = ("_entries", "_next")

    def __init__(self) -> None:
        self._entries: deque[Slow] = deque(maxlen=MOST_SLOW)
        self._next = 0

    def __len__(self) -> int:
        return len(self._entries)

    def last(self, count: int) -> list[Slow]:
        """The last ones, at most so many, latest first."""
        return list(self._entries)[::-1][:count]

    def clear(self) -> None:
        """Forget them. Numbers go on."""
        self._entries.clear()

    def ran(self, batch: Sequence[Input], took_s: float) -> None:
        """Inputs were slow together."""
        first = batch[0]
        if len(batch) == 1:
            self._add(took_s, ("CALL", str(Address(first.machine, first.key)), first.method))
            return
        ((machine, method), count) = Counter((entry.machine, entry.method) for entry in batch).most_common(1)[0]
        self._add(took_s, ("CALL", machine, method, f"({count} of {len(batch)} inputs)"))

    def asked(self, address: Address, query: str, took_s: float) -> None:
        """A query ran for so long, which may be slow or not."""
        if took_s >= SLOW_S:
            self._add(took_s, ("CALL", str(address), query))

    def did(self, command: str, took_s: float) -> None:
        """A command that is no input ran for so long, which may be slow or not."""
        if took_s >= SLOW_S:
            self._add(took_s, (command.upper(),))

    def _add(self, took_s: float, words: tuple[str, ...]) -> None:
        self._entries.append(Slow(self._next, int(time.time()), int(took_s * 1_000_000), words))
        self._next += 1
