"""Whether a turn waits a moment for clients that will probably send something too.

Clients that wait for each answer fall into step with the syncs of the journal: those that one sync has answered send
again while the next one is under way for the others. Two groups then take turns for ever, and each sync is for half of
all. A turn that waits a little, less than a sync takes, has both: half as many syncs, and each answer sooner.

Rule: nothing in this file reads a clock. Whoever asks says what time it is.
"""

from __future__ import annotations

from typing import Final

_SHARE: Final = 0.3
"""How long a turn waits at most, of the time that the last sync took."""
_LEAST_S: Final = 50e-6
"""A sync that is so short that this would be waited is not worth waiting for."""
_MOST_S: Final = 1e-3
_REST: Final = 32
"""How many turns do not wait after one that waited in vain."""


class Gathering:
    """Remembers who came to the last two turns, how long syncs take, and whether waiting brings anything."""

    __slots__ = ("_before", "_expected", "_patience_s", "_ready_at_first", "_rest", "_until_s")

    def __init__(self) -> None:
        self._before = 0
        """How many clients the last turn had."""
        self._expected = 0
        """How many the last two had together."""
        self._patience_s = 0.0
        self._rest = 0
        self._until_s: float | None = None
        """While a turn waits: until when."""
        self._ready_at_first = 0

    def waits(self, ready: int, now_s: float) -> bool:
        """Whether a turn for so many clients waits for more, now."""
        if ready >= self._expected or self._patience_s < _LEAST_S or self._rest:
            return False
        if self._until_s is None:
            self._until_s = now_s + self._patience_s
            self._ready_at_first = ready
        return now_s < self._until_s

    def turned(self, clients: int, again: int, sync_s: float) -> None:
        """A turn had so many clients, of whom some had come to the one before, too; what its sync took."""
        if self._until_s is not None:
            self._rest = 0 if clients > self._ready_at_first else _REST
            self._until_s = None
        elif self._rest:
            self._rest -= 1
        self._expected = clients + self._before - again
        self._before = clients
        self._patience_s = min(sync_s * _SHARE, _MOST_S)
