"""What clients asked of a node and what they were told, and whether a journal agrees with it.

Every input that succeeds, is refused or traps was told so, and stands in the journal once; one that was rejected stands
there not at all; one without an answer at most once. A key stands there as often as it was sent, and has one answer.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from camshaft.bytecode.upgrade import decode_upgrade
from camshaft.runtime.entries import Deletion, Deploy, Entry, Input, Rollback, Setting, Steer, Upgrade
from camshaft.runtime.outcomes import Void
from torture.history import Placed
from torture.model import STALE, Ended, ended

Identity: TypeAlias = tuple[str, Any]
"""What tells one input or one change from all others; a retry has the same."""
_NOT_RUN: Final = ("REJECTED", "BUSY")


@dataclass
class Asked:
    """One command of a client. `sent` and `answered` are moments of one clock for all clients."""

    identity: Identity | None
    words: tuple[str | bytes, ...]
    is_key: bool
    connection: int
    sent: int
    answered: int | None = None
    reply: Any = None

    @property
    def is_rejected(self) -> bool:
        """Whether the node said that it did not do it."""
        return isinstance(self.reply, Exception) and str(self.reply).startswith(_NOT_RUN)

    @property
    def is_stale(self) -> bool:
        """Whether the node said that nothing came of it: it may be in the journal."""
        return isinstance(self.reply, Exception) and str(self.reply).startswith("STALE")

    @property
    def is_told_full(self) -> bool:
        """Whether the node said that its disk is full."""
        return self.is_rejected and "the disk is full: nothing was written; make room" in str(self.reply)

    @property
    def way(self) -> str:
        """How it was answered, in a word."""
        if self.answered is None:
            return "no"
        if self.is_told_full:
            return "disk full"
        return str(self.reply).split(" ", 1)[0] if isinstance(self.reply, Exception) else "good"

    @property
    def ran(self) -> bool:
        """Whether the node said that it was done, refused or trapped."""
        return self.answered is not None and not self.is_rejected and not self.is_stale


class Book:
    """All that was asked, in the order in which it was."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.clock = itertools.count()
        self.connections = itertools.count()
        self.ports: dict[int, int] = {}
        """The connection of each port that clients talked from."""
        self.tickets = itertools.count(1)

    def of_connection(self, connection: int) -> list[Asked]:
        """What was asked over a connection, in order; it was answered in that order too."""
        return [one for one in self.asked if one.connection == connection]

    def told(self) -> Counter[str]:
        """How many commands were answered in which way."""
        return Counter(f"{one.way} replies" for one in self.asked)

    def check(self, placed: Sequence[Placed]) -> None:
        """Whether all of it agrees with what a journal holds."""
        entries: dict[Identity, list[Placed]] = defaultdict(list)
        for each in placed:
            if not isinstance(each.entry, Deploy) and not isinstance(each.outcome, Void):
                entries[identity_of(each.entry)].append(each)
        asked: dict[Identity, list[Asked]] = defaultdict(list)
        for one in self.asked:
            if one.identity is not None:
                asked[one.identity].append(one)
        assert entries.keys() <= asked.keys(), f"nobody sent {entries.keys() - asked.keys()}"
        for identity, ones in asked.items():
            _check_counts(identity, ones, entries[identity])
            _check_answers(identity, ones, entries[identity])
        _check_order(asked, entries)


def identity_of(entry: Entry) -> Identity:
    """That of an entry of a journal."""
    match entry:
        case Input():
            return "input", entry.arguments[0]
        case Upgrade(data):
            return "change", decode_upgrade(data).id
        case Rollback(id_) | Steer(id_):
            return "change", id_
        case Deletion(_, key):
            return "delete", key
        case Setting(_, fuel):
            return "setting", fuel
    raise AssertionError(f"nobody asked for {entry}")


def _check_counts(identity: Identity, ones: list[Asked], found: list[Placed]) -> None:
    least = sum(one.ran for one in ones)
    most = sum(not one.is_rejected for one in ones)
    if identity[0] == "change":  # a repeated one is answered without being journaled
        least, most = min(least, 1), min(most, 1)
    assert least <= len(found) <= most, f"{identity} is there {len(found)} times, asked as {ones}"


def _check_answers(identity: Identity, ones: list[Asked], found: list[Placed]) -> None:
    told = [one for one in ones if one.ran]
    for one in told:
        if identity[0] != "input":
            position = position_told(one.reply)
            assert any(each.position == position for each in found), f"{one} is not at {position}: {found}"
        elif one.is_key:
            assert _told(one.reply) == ended(found[0].outcome), f"{one} was told something else: {found[0]}"
        else:
            (only,) = found
            assert _told(one.reply) == ended(only.outcome), f"{one} was told something else: {only}"
    if identity[0] == "input" and any(one.is_stale for one in ones) and found:
        assert ended(found[0].outcome) == STALE, f"{ones} were told that nothing came of it: {found}"


def _told(reply: Any) -> Ended:
    """The answer of an input in the model's words."""
    if not isinstance(reply, Exception):
        return ("returned", reply)
    family, name, *rest = str(reply).split(" ", 2)
    match family, name:
        case "REFUSED", "Declined":
            return ("refused", json.loads(rest[0])["ticket"])
        case "TRAP", kind:
            return ("trapped", kind)
    raise AssertionError(f"no input is answered so: {reply}")


def position_told(reply: Any) -> int:
    """Where a change stands, by the map that is its answer, as clients of RESP2 get it."""
    assert isinstance(reply, list), reply
    position: int = dict(zip(reply[::2], reply[1::2], strict=True))[b"position"]
    return position


def _check_order(asked: dict[Identity, list[Asked]], entries: dict[Identity, list[Placed]]) -> None:
    """What a client sent, and what was answered before something else was sent, stands in that order."""
    single = [
        (found[0].position, asked[identity][0])
        for identity, found in entries.items()
        if len(found) == 1 and len(asked[identity]) == 1
    ]
    latest = -1
    last: dict[int, int] = {}
    for position, one in sorted(single, key=lambda each: each[0]):
        assert one.answered is None or one.answered > latest, f"{one} at {position} stands after what was sent later"
        assert one.sent > last.get(one.connection, -1), f"{one} at {position} stands before what it followed"
        latest, last[one.connection] = max(latest, one.sent), one.sent
