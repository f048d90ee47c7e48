"""The clients of a node that is tortured: threads, each with a connection, that write down what they ask and are told.

One was made for the first version and says so, one for the second, one says nothing; a fourth sends calls with keys,
and again those of before that nobody answered; a fifth changes what runs.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from random import Random
from typing import Any, Final, TypeAlias

from generators.wire import Wire
from torture.book import Asked, Book, Identity
from torture.model import MUCH_WORK
from torture.versions import MACHINE, interface, upgrade

KEYS: Final = (None, "ann", "bob", "eve")
_MOST_TOGETHER: Final = 8
_SHORT_FUEL: Final = 20_000
"""Enough for everything but much work; each setting adds a number of its own."""
_UNHURRIED_S: Final = 0.01
"""Between two rounds of a client that has somebody to wait for."""
LOST: Final = (EOFError, ConnectionError)
"""What a client sees of a node that is gone."""

Words: TypeAlias = tuple[str | bytes, ...]


class Talker(threading.Thread):
    """A client that asks until it has asked enough, or the node is gone. `problem` is anything else that ends it.

    What it asks before everybody is there does not count.
    """

    def __init__(self, book: Book, port: int, seed: str, commands: int, all_there: threading.Event) -> None:
        super().__init__(daemon=True)
        self.problem: BaseException | None = None
        self._book = book
        self._port = port
        self._choose = Random(seed)
        self._commands = commands
        self._all_there = all_there
        self._wire: Wire
        self._connection = next(book.connections)

    def run(self) -> None:
        """The life of the thread."""
        try:
            with Wire(self._port) as self._wire:
                self._book.ports[self._wire.socket.getsockname()[1]] = self._connection
                self._greet()
                while self._commands > 0:
                    count = self._choose.randint(1, _MOST_TOGETHER)
                    if self._all_there.wait(_UNHURRIED_S):
                        self._commands -= count
                    self._round(count)
        except LOST:
            pass
        except BaseException as problem:  # noqa: BLE001 - whoever waits for the thread raises it
            self.problem = problem

    def _greet(self) -> None:
        """Say which version the client was made for, if any."""

    def _round(self, count: int) -> None:
        """Ask so many commands at once."""
        self.ask([self._call() for _ in range(count)])

    def _call(self) -> tuple[Identity | None, Words]:
        ticket = next(self._book.tickets)
        return ("input", ticket), ("CALL", *self._wanted(ticket))

    def _wanted(self, ticket: int) -> Words:
        """An address, a method and its arguments."""
        key = self._choose.choice(KEYS)
        address = MACHINE if key is None else f"{MACHINE}/{key}"
        drawn = self._choose.random()
        if drawn < 0.6:
            return (address, "take", *self._taken(ticket))
        if drawn < 0.8:
            rounds = self._choose.choice((1, 1, MUCH_WORK))
            return (address, "work", str(ticket), str(rounds))
        return (address, self._choose.choice(("decline", "trip", "fragile")), str(ticket))

    def _taken(self, ticket: int) -> Words:
        return (str(ticket),)

    def ask(self, wanted: Sequence[tuple[Identity | None, Words]], *, is_key: bool = False) -> list[Asked]:
        """Send commands together, and hear their replies."""
        book = self._book
        asked = [Asked(identity, words, is_key, self._connection, next(book.clock)) for identity, words in wanted]
        book.asked.extend(asked)
        self._wire.send(b"".join(_packed(one.words) for one in asked))
        for one in asked:
            one.reply = self._wire.reply()
            one.answered = next(book.clock)
        return asked


class OldTalker(Talker):
    """It was made for the first version, whatever runs."""

    def _greet(self) -> None:
        self.ask([(None, ("CLIENT", "INTERFACE", MACHINE, interface(1)))])


class NewTalker(Talker):
    """It was made for the second version."""

    def _greet(self) -> None:
        self.ask([(None, ("CLIENT", "INTERFACE", MACHINE, interface(2)))])

    def _taken(self, ticket: int) -> Words:
        return (str(ticket), "a note")


class PlainTalker(Talker):
    """It says nothing, and does not know what runs: some of what it sends is rejected."""

    def _taken(self, ticket: int) -> Words:
        return (str(ticket),) if self._choose.random() < 0.5 else (str(ticket), "a note")

    def _call(self) -> tuple[Identity | None, Words]:
        if self._choose.random() < 0.2:
            return None, ("CALL", MACHINE, "count")
        return super()._call()


class OnceTalker(OldTalker):
    """It sends keys, and again what was not answered, or what was."""

    def _greet(self) -> None:
        super()._greet()
        owed = [one for one in self._book.asked if one.is_key and one.answered is None]
        latest = {one.identity: one for one in owed}
        self.ask([(one.identity, one.words) for one in latest.values()], is_key=True)

    def _round(self, count: int) -> None:
        wanted = [self._with_key() for _ in range(count)]
        wanted += wanted[: self._choose.choice((0, 0, 1, 3))]
        self.ask(wanted, is_key=True)

    def _with_key(self) -> tuple[Identity, Words]:
        ticket = next(self._book.tickets)
        return ("input", ticket), ("ONCE", f"key-{ticket}", "CALL", *self._wanted(ticket))


class Operator(Talker):
    """It upgrades, on trial or for good, goes back, confirms, deletes, sets fuel and makes snapshots."""

    def _round(self, count: int) -> None:
        again = [one for one in self._book.asked if _is_change(one) and one.answered is None]
        if again and self._choose.random() < 0.5:
            one = self._choose.choice(again)
            self.ask([(one.identity, one.words)])
        for _ in range(count):
            self.ask([self._wanted_change()])

    def _wanted_change(self) -> tuple[Identity | None, Words]:
        id_ = f"{self._choose.getrandbits(128):032x}"
        match self._choose.choice(("upgrade", "upgrade", "back", "back", "confirm", "delete", "fuel", "snapshot")):
            case "upgrade":
                data = upgrade(id_, on_trial=self._choose.random() < 0.5)
                return ("change", id_), ("UPGRADE", data)
            case "back":
                way = self._choose.choice(("downgrade", "replay", "trial"))
                return ("change", id_), ("ROLLBACK", MACHINE, self._last_upgrade(), way, id_)
            case "confirm":
                return ("change", id_), ("STEER", MACHINE, self._last_upgrade(), "confirm", id_)
            case "delete":
                key = self._choose.choice(KEYS)
                return ("delete", key), ("DELETE", MACHINE if key is None else f"{MACHINE}/{key}")
            case "fuel" if self._choose.random() < 0.5:
                return ("setting", None), ("SETTING", MACHINE, "FUEL", "DEFAULT")
            case "fuel":
                fuel = _SHORT_FUEL + next(self._book.tickets)
                return ("setting", fuel), ("SETTING", MACHINE, "FUEL", str(fuel))
        return None, ("SNAPSHOT",)

    def _last_upgrade(self) -> str:
        (asked,) = self.ask([(None, ("HISTORY", MACHINE))])
        records = [dict(zip(each[::2], each[1::2], strict=True)) for each in asked.reply]
        made = [record[b"position"] for record in records if record[b"outcome"] in (b"upgraded", b"on trial")]
        return str(made[-1] if made else 0)


def _is_change(one: Asked) -> bool:
    return one.identity is not None and one.identity[0] == "change"


def _packed(words: Words) -> bytes:
    encoded = [word if isinstance(word, bytes) else word.encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)


def talk(book: Book, port: int, seed: str, commands: int, all_there: threading.Event) -> list[Any]:
    """Begin clients of each kind, of so many commands each once all are there who were to come."""
    kinds = (OldTalker, NewTalker, PlainTalker, OnceTalker)
    talkers: list[Talker] = [kind(book, port, f"{seed} {kind.__name__}", commands, all_there) for kind in kinds]
    talkers.append(Operator(book, port, f"{seed} operator", max(1, commands // 10), all_there))
    for talker in talkers:
        talker.start()
    return talkers
