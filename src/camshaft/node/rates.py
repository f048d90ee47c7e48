"""How many commands a node ran a second lately."""

from __future__ import annotations

from collections import deque
from typing import Final

EVERY_S: Final = 1.0
"""How often the number of commands is looked at."""
_SECONDS: Final = 5


class Rate:
    """The rise of a number over the last seconds."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=_SECONDS + 1)

    def saw(self, now_s: float, number: int) -> None:
        """The number at a time."""
        if self._seen and number < self._seen[-1][1]:
            self._seen.clear()  # it was set back
        self._seen.append((now_s, number))

    @property
    def per_second(self) -> int:
        """How much it rose a second, between the first time of those that are remembered and the last."""
        if len(self._seen) < 2:
            return 0
        (first_s, first), (last_s, last) = self._seen[0], self._seen[-1]
        return round((last - first) / (last_s - first_s)) if last_s > first_s else 0
