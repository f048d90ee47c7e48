"""The order in which a machine's instances came, gone through by place: a dict can only be gone through at once.

An instance that was deleted leaves its place behind, so that those after it keep theirs. Once such places outnumber
the instances they are dropped, some with each deletion, so that nobody waits for all of it. Each place has a number
that it keeps even then: a cursor stays good.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Final

_FEW: Final = 1_000
"""Left places that are not worth dropping."""
_SWEPT: Final = 64
"""Places that are looked at with each deletion, while left ones are being dropped."""
_MOST_SEEN: Final = 10
"""A page looks at so many times the places that it has room for, and ends short rather than to look at more."""


class _Sweep:
    """The places without those that were left, as far as they have been looked at."""

    __slots__ = ("at", "keys", "numbers", "since")

    def __init__(self) -> None:
        self.at = 0
        self.keys: list[str | None] = []
        self.numbers = array("Q")
        self.since: set[str | None] = set()
        """The keys that left a place since it began: that may be here already."""


class Order:
    """Keys in the order in which they came, each at a place of its own."""

    __slots__ = ("_count", "_keys", "_moved", "_next", "_numbers", "_sweep")

    def __init__(self) -> None:
        self._keys: list[str | None] = []
        self._count = 0
        """How many places are not left."""
        self._moved: dict[str | None, int] = {}
        """The keys that left a place, each with the number of its place now; -1: it has none."""
        self._next = 0
        """The number of the place that comes next."""
        self._numbers: array[int] | None = None
        """The numbers of the places; None: each is its own."""
        self._sweep: _Sweep | None = None

    def __len__(self) -> int:
        """How many places there are, those that were left too."""
        return len(self._keys)

    def key_at(self, place: int) -> str | None:
        """The key that came to a place, which may have left it."""
        return self._keys[place]

    def add(self, key: str | None) -> None:
        """Let a key that has no place come last."""
        if self._numbers is not None:
            self._numbers.append(self._next)
        if self._moved and key in self._moved:
            self._moved[key] = self._next
        self._keys.append(key)
        self._next += 1
        self._count += 1

    def remove(self, key: str | None) -> bool:
        """Let a key leave its place; whether places were dropped, so that others are elsewhere now."""
        self._moved[key] = -1
        self._count -= 1
        if self._sweep is None:
            if len(self._keys) - self._count <= self._count + _FEW:
                return False
            self._sweep = _Sweep()
        self._sweep.since.add(key)
        return self._go_on(self._sweep)

    def _go_on(self, sweep: _Sweep) -> bool:
        end = min(len(self._keys), sweep.at + _SWEPT)
        for place in range(sweep.at, end):
            key, number = self._keys[place], self._number(place)
            if self._is_at(key, number):
                sweep.keys.append(key)
                sweep.numbers.append(number)
        sweep.at = end
        if end < len(self._keys):
            return False
        self._keys, self._numbers, self._sweep = sweep.keys, sweep.numbers, None
        self._moved = {key: self._moved[key] for key in sweep.since}
        return True

    def page(self, number: int, count: int) -> tuple[int, list[str | None]]:
        """At most `count` keys from a number on, and the number where the next page starts (0: that was the last)."""
        place = number if self._numbers is None else bisect_left(self._numbers, number)
        end = min(len(self._keys), place + count * _MOST_SEEN)
        found: list[str | None] = []
        while place < end and len(found) < count:
            if self._is_at(self._keys[place], self._number(place)):
                found.append(self._keys[place])
            place += 1
        return (self._number(place) if place < len(self._keys) else 0), found

    def _number(self, place: int) -> int:
        return place if self._numbers is None else self._numbers[place]

    def _is_at(self, key: str | None, number: int) -> bool:
        return self._moved.get(key, number) == number
