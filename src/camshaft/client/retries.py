"""Trying again: for how long and how often, and the keys by which a node knows a call that it is sent again."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Callable
from itertools import count
from typing import Final

_FIRST_PAUSE_S: Final = 0.01
_LONGEST_PAUSE_S: Final = 1.0
_SESSION_BYTES: Final = 8


class Patience:
    """How long is left for an answer, and pauses between attempts: each about twice the one before, up to a second.

    Each is shortened by a random part, up to half: clients that were cut off together do not come back together.
    """

    __slots__ = ("_end_s", "_pause_s", "_within_s")

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self.renew()

    def renew(self) -> None:
        """Begin anew: there was progress."""
        self._end_s = time.monotonic() + self._within_s
        self._pause_s = _FIRST_PAUSE_S

    @property
    def left_s(self) -> float:
        """How much time is left."""
        return self._end_s - time.monotonic()

    def pause_s(self) -> float | None:
        """The pause before the next attempt, None where no time would be left for it."""
        pause_s = self._pause_s * random.uniform(0.5, 1)  # noqa: S311 # it spreads load, and keeps no secret
        self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
        return pause_s if pause_s < self.left_s else None


def keys() -> Callable[[], str]:
    """What gives a key to each call: a random beginning and a number. The process is part of it, since it may fork."""
    session, numbers = secrets.token_hex(_SESSION_BYTES), count(1)
    return lambda: f"{session}-{os.getpid():x}-{next(numbers)}"
