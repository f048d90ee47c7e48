"""What became of the inputs of a machine that carry a key: a repeated key is not run again, but answered again.

How long a key is known is part of what a journal means: the last `MOST_KEYS` inputs with a key, and `MOST_BYTES` of
their results, for `KNOWN_FOR_US` of the journal's time. With other figures, an input in an old journal could run where
it was answered before. All of it is a function of the machine's own entries, whatever other machines do.

Results are kept as their canonical bytes: a value may be part of a state, which goes on changing.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from msgspec import Struct

from camshaft.errors import TRAPS, Rejected
from camshaft.runtime.catalog import Catalog, Loaded
from camshaft.runtime.entries import Input
from camshaft.runtime.outcomes import NOTHING, Outcome, RefusedBy, Returned, StaleInput, Trapped
from camshaft.values.codec import decode, encode
from camshaft.values.types import Record, Type

MOST_KEYS: Final = 100_000
MOST_BYTES: Final = 1 << 26
KNOWN_FOR_US: Final = 3_600_000_000
_LONGEST_ASKED: Final = 48
"""Of most calls, the bytes themselves are shorter than a digest and all that it takes to make one."""

Row: TypeAlias = tuple[str, bytes, str, str, int, str, str, bytes]
"""How a snapshot holds one: key, what was asked for, interface, method, time, kind, name or reason, value."""


class First(Struct, frozen=True, gc=False):
    """The first input with a key: what it asked for, and what became of it."""

    asked: bytes
    """Its instance, method and arguments, see `asked_by`; empty where these were made anonymous: then any is it."""
    interface: str
    """The id of the program that it was made for: a repeated one is read by it."""
    method: str
    time_us: int
    outcome: Outcome
    """What became of it, without its value."""
    value: bytes | None
    """The canonical bytes of the result, or of the fields of the refusal."""

    def answer(self) -> Outcome:
        """What became of it."""
        match self.outcome:
            case Returned(type_) if self.value is not None:
                return Returned(type_, decode(type_, self.value))
            case RefusedBy(name, type_, _, where) if self.value is not None:
                return RefusedBy(name, type_, decode(type_, self.value), where)
            case other:
                return other

    def is_of(self, asked: bytes) -> bool:
        """Whether an input that asks for this is a repetition of it."""
        return self.asked in (b"", asked)


class Retries:
    """The first inputs by their keys, and where the repeated ones stand in the journal."""

    __slots__ = ("_bytes", "_first", "positions")

    def __init__(self) -> None:
        self._first: OrderedDict[str, First] = OrderedDict()
        self._bytes = 0
        self.positions = array("q")
        """Of the inputs that were not run, since there were upgrades to go back behind by replay: that must not run
        them either, and has not seen the first ones where these came before."""

    def __len__(self) -> int:
        return len(self._first)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to remember."""
        return not self._first and not self.positions

    def get(self, key: str) -> First | None:
        """The first input with a key, as far as it is known."""
        return self._first.get(key)

    def forget_before(self, time_us: int) -> None:
        """Forget what is older than this."""
        while self._first and next(iter(self._first.values())).time_us < time_us:
            self._forget()

    def remember(self, key: str, first: First) -> None:
        """Remember the first input with a key, and forget what there is no room for; never this one."""
        self._first[key] = first
        self._bytes += _size(first)
        while len(self._first) > MOST_KEYS or (self._bytes > MOST_BYTES and len(self._first) > 1):
            self._forget()

    def _forget(self) -> None:
        _, first = self._first.popitem(last=False)
        self._bytes -= _size(first)

    def copied(self) -> Retries:
        """The same, going its own way."""
        copy = Retries()
        copy._first, copy._bytes, copy.positions = self._first.copy(), self._bytes, self.positions[:]
        return copy

    def anonymous(self, key_of: Callable[[str], str], value_of: Callable[[Type, Any], Any]) -> Retries:
        """The same with other keys and values: what they asked for can be told no longer, nor what a trap said."""
        copy = Retries()
        for key, first in self._first.items():
            value, outcome = first.value, first.outcome
            match outcome:
                case Returned(type_) | RefusedBy(_, type_) if value is not None:
                    value = encode(type_, value_of(type_, decode(type_, value)))
                case Trapped(kind):
                    outcome = Trapped(kind, "")
            copy.remember(key_of(key), First(b"", first.interface, first.method, first.time_us, outcome, value))
        return copy

    def forget_positions_before(self, position: int) -> None:
        """Forget where repeated inputs stand before a position: nothing goes back so far."""
        self.positions = array("q", (each for each in self.positions if each >= position))

    def rows(self) -> list[Row]:
        """What a snapshot holds of it."""
        return [_row(key, first) for key, first in self._first.items()]

    def add_rows(self, rows: list[Row], catalog: Catalog) -> None:
        """Take up what a snapshot holds. Raises `Rejected` where it names what is not in the catalog."""
        for key, asked, interface, method, time_us, kind, text, value in rows:
            outcome, kept = _outcome(catalog.programs.get(interface), method, kind, text, value)
            self.remember(key, First(asked, interface, method, time_us, outcome, kept))


def asked_by(entry: Input, domain: Record, arguments: tuple[Any, ...]) -> bytes:
    """What an input asks for, whoever asks and for whichever version; its arguments are a value of the domain.

    That is the canonical bytes of these, or a digest where they are long, which begins as no method does.
    """
    name = f"{entry.method}\0{'' if entry.key is None else '/' + entry.key}\0".encode()
    asked = name + encode(domain, arguments)
    return asked if len(asked) <= _LONGEST_ASKED else b"\0" + hashlib.sha256(asked).digest()


def first_of(asked: bytes, entry: Input, time_us: int, outcome: Outcome) -> First:
    """What is remembered of an input that was run."""
    value = None
    if isinstance(outcome, Returned) and outcome is not NOTHING:
        value = encode(outcome.type, outcome.value)
        outcome = Returned(outcome.type, None)
    elif isinstance(outcome, RefusedBy):
        value = encode(outcome.payload_type, outcome.payload)
        outcome = RefusedBy(outcome.name, outcome.payload_type, (), outcome.where)
    return First(asked, entry.interface, entry.method, time_us, outcome, value)


def reused(key: str, first: First) -> str:
    """Why an input is not run that has the key of another one."""
    return (
        f"the key {key!r} was used for another call, of {first.method}, with other arguments or on another instance: "
        "each call needs a key of its own, and only a repetition of it has the same; nothing was run"
    )


def _size(first: First) -> int:
    """How many bytes of results it takes; what a trap said may name a long key, and counts with them."""
    if first.value is not None:
        return len(first.value)
    match first.outcome:
        case Trapped(_, text) | StaleInput(text):
            return len(text)
        case _:
            return 0


def _row(key: str, first: First) -> Row:
    kind, text = "returned", ""
    match first.outcome:
        case Trapped(trap, message):
            kind, text = f"trapped {trap}", message
        case StaleInput(reason):
            kind, text = "stale", reason
        case RefusedBy(name):
            kind, text = "refused", name
    return (key, first.asked, first.interface, first.method, first.time_us, kind, text, first.value or b"")


def _outcome(made_for: Loaded | None, method: str, kind: str, text: str, value: bytes) -> tuple[Outcome, bytes | None]:
    prepared = None if made_for is None else made_for.methods.get(method)
    if made_for is None or prepared is None:
        raise Rejected("the snapshot holds the answer of a method that none of its programs has")
    refusal = made_for.verified.program.refusal(text)
    match kind.split(" "):
        case ["returned"] if prepared.returns_nothing:
            return NOTHING, None
        case ["returned"]:
            decode(prepared.result, value)
            return Returned(prepared.result, None), value
        case ["refused"] if refusal is not None:
            decode(refusal.payload, value)
            return RefusedBy(text, refusal.payload, ()), value
        case ["trapped", trap] if trap in TRAPS:
            return Trapped(trap, text), None
        case ["stale"]:
            return StaleInput(text), None
    raise Rejected(f"the snapshot holds an answer of kind {kind[:40]!r}, which this Camshaft does not know")
