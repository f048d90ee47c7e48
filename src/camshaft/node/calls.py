"""CALL, CALLN, CALLB and ONCE: words of a client -> a checked input for the journal, or a query.

A call without arguments, which is most of them, is made once and shared: the second `CALL counter incr` is one look
into a dict. For all others, what each method takes is made ready once.

A client that has announced the interface that it was made for is read by that one: its arguments have the types, the
names and the defaults that it knows, and the input says which interface that is.

Rule: what leaves here conforms to the types of the method, in the program that runs now or in the announced one. What
arrives is words that anybody may have sent, and every error says what was expected and what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final, TypeAlias
from weakref import WeakValueDictionary

from msgspec import Struct

from camshaft.bytecode.program import Method
from camshaft.errors import Rejected, Stale
from camshaft.node.pacing import UNKNOWN_S, Gauge
from camshaft.runtime.catalog import Loaded, Prepared
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Input
from camshaft.runtime.instances import Machine
from camshaft.runtime.retries import asked_by, reused
from camshaft.values.address import Address, checked_key
from camshaft.values.codec import decode
from camshaft.values.type_words import show
from camshaft.values.types import INT, STR, Type
from camshaft.values.view import from_text, to_json

_SHARED: Final = 16_384
"""How many calls are shared. When there are more, sharing starts anew: making one again costs 3 µs, and there is no
order to keep at each use."""
_SHORT_INT: Final = 18
"""Digits that an integer may have to be read without any check."""
_MOST_COMPARED: Final = 200
_LONGEST_KEY: Final = 64
_BINARY: Final = b"CALLB"
_BINARY_WORDS: Final = 4
_FORMS: Final = frozenset((b"CALL", b"CALLN", _BINARY))
"""The commands that are calls, as ONCE may be followed by them."""
_REQUIRED: Final = object()
"""Stands for the default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Query:
    """A call of a method that never changes the state: it is answered from memory."""

    address: Address
    method: str
    arguments: tuple[Any, ...]
    interface: str | None = None
    """The interface that it was made for, where that is not the one of what runs."""
    gauge: Gauge | None = field(default=None, compare=False)
    """What it is thought to take, where that may be long."""
    is_binary: bool = False
    """Whether it is answered in canonical bytes."""


class Special(Struct, frozen=True, gc=False):
    """An input of which a turn has to know more than is journaled."""

    entry: Input
    gauge: Gauge | None
    """What it is thought to take, where that may be long."""
    is_binary: bool = False
    """Whether it is answered in canonical bytes."""


Call: TypeAlias = Input | Special | Query


class _Shape:
    """What a method of a program takes, made ready for reading words."""

    __slots__ = ("defaults", "gauge", "is_query", "least", "positions", "prepared", "readers")

    def __init__(self, prepared: Prepared, *, is_query: bool, gauge: Gauge | None = None) -> None:
        self.is_query = is_query
        """Whether what runs it now never changes the state."""
        self.gauge = gauge
        """What that is thought to take, where it may be long."""
        parameters = prepared.method.parameters
        where = f"{prepared.name} of {prepared.loaded.name}"
        self.prepared = prepared
        self.readers = tuple(_reader(each.type, f"{where}: argument {each.name}") for each in parameters)
        """What reads the argument of each parameter."""
        self.positions = {each.name.encode(): position for position, each in enumerate(parameters)}
        self.defaults = tuple(_REQUIRED if each.default is None else each.default.value for each in parameters)
        required = [position for position, default in enumerate(self.defaults) if default is _REQUIRED]
        self.least = required[-1] + 1 if required else 0
        """How many arguments have to be given by position."""

    def __str__(self) -> str:
        return f"{self.prepared.name} of {self.prepared.loaded.name}"

    def in_order(self, words: Sequence[bytes]) -> tuple[Any, ...]:
        """The arguments given by position; the first three words are the call itself."""
        readers = self.readers
        given = len(words) - 3
        if given == len(readers):
            return tuple([read(words[at]) for at, read in enumerate(readers, 3)]) if given else ()
        if given < self.least or given > len(readers):
            raise Rejected(_wrong_number(self, given))
        return (*[read(words[at]) for at, read in enumerate(readers[:given], 3)], *self.defaults[given:])

    def by_name(self, words: Sequence[bytes]) -> tuple[Any, ...]:
        """The arguments given as names and values; the first three words are the call itself."""
        if len(words) % 2 == 0:
            last = text_of(words[-1], "a name")
            raise Rejected(f"CALLN takes names and arguments in pairs; {_cut(last)!r} has no argument")
        arguments = list(self.defaults)
        given = set()
        for index in range(3, len(words), 2):
            position = self.positions.get(words[index])
            if position is None:
                raise Rejected(_unknown_name(self, text_of(words[index], "a name")))
            if position in given:
                raise Rejected(f"{self}: argument {words[index].decode()} is given twice")
            given.add(position)
            arguments[position] = self.readers[position](words[index + 1])
        if any(argument is _REQUIRED for argument in arguments):
            raise Rejected(_missing(self, arguments))
        return tuple(arguments)

    def in_bytes(self, words: Sequence[bytes]) -> tuple[Any, ...]:
        """The arguments given as the canonical bytes of their record; the first three words are the call itself."""
        if len(words) != _BINARY_WORDS:
            raise Rejected(f"{self}: CALLB takes all arguments as one word, the canonical bytes of their record")
        try:
            arguments: tuple[Any, ...] = decode(self.prepared.domain, words[3])
        except Rejected as error:
            expected = f"the canonical bytes of {_signature(self.prepared.method)}"
            raise Rejected(f"{self}: the arguments are not {expected}: {error}") from None
        return arguments

    def arguments(self, words: Sequence[bytes], form: bytes) -> tuple[Any, ...]:
        """The arguments of a call in one of the three forms that calls have."""
        match form:
            case b"CALL":
                return self.in_order(words)
            case b"CALLN":
                return self.by_name(words)
            case _:
                return self.in_bytes(words)


class Calls:
    """The calls of a node's clients. It is told to `forget` when a program changes.

    `interfaces`: the ids of the programs whose interfaces the clients have announced, by machine.
    """

    def __init__(
        self,
        engine: Engine,
        interfaces: Mapping[str, str] | None = None,
        gauges: dict[tuple[str, str], Gauge] | None = None,
    ) -> None:
        self._engine = engine
        self._interfaces = interfaces or {}
        self._gauges: dict[tuple[str, str], Gauge] = {} if gauges is None else gauges
        """By the program and the method that runs: calls of all interfaces share it."""
        self._announced: WeakValueDictionary[frozenset[tuple[str, str]], Calls] = WeakValueDictionary()
        self._shapes: dict[tuple[str, bytes], _Shape] = {}
        self.shared: dict[tuple[bytes, bytes], Call] = {}
        """The calls without arguments, by address and method as clients write them."""

    def forget(self) -> None:
        """Forget everything that was remembered: a program has changed."""
        self._shapes.clear()
        self._gauges.clear()
        self.shared.clear()
        for calls in self._announced.values():
            calls.forget()

    def announced(self, interfaces: Mapping[str, str]) -> Calls:
        """The calls of clients that have announced these interfaces. They are kept as long as there is one."""
        key = frozenset(interfaces.items())
        found = self._announced.get(key)
        if found is None:
            found = self._announced[key] = Calls(self._engine, dict(interfaces), self._gauges)
        return found

    def positional(self, words: Sequence[bytes]) -> Call:
        """The call that `CALL address method [argument …]` makes. Raises Rejected."""
        machine, key = self._target(words[1])
        shape = self._shape(machine, key, words[2])
        call = self._call(machine, key, shape, shape.in_order(words))
        if len(words) == 3:
            if len(self.shared) >= _SHARED:
                self.shared.clear()
            self.shared[words[1], words[2]] = call
        return call

    def spelled(self, words: Sequence[bytes], form: bytes) -> Call:
        """The call that `CALLN` or `CALLB` with an address, a method and arguments makes. Raises Rejected."""
        machine, key = self._target(words[1])
        shape = self._shape(machine, key, words[2])
        return self._call(machine, key, shape, shape.arguments(words, form), is_binary=form == _BINARY)

    def once(self, words: list[bytes]) -> Call:
        """The call that `ONCE key CALL|CALLN|CALLB …` makes. Raises Rejected.

        A repeated one is read by the interface that the first was made for, whatever runs now: it is not to be run.
        """
        key, call = _key_of(words[1]), words[2:]
        form = call[0].upper()
        if form not in _FORMS:
            raise Rejected(
                f"ONCE {key} is followed by CALL, CALLN or CALLB, not {_cut(text_of(call[0], 'a command'))!r}"
            )
        is_binary = form == _BINARY
        machine, instance = self._target(call[1])
        first = machine.retries.get(key)
        if first is None:
            shape = self._shape(machine, instance, call[2])
            return self._call(machine, instance, shape, shape.arguments(call, form), key, is_binary=is_binary)
        prepared = self._engine.catalog.programs[first.interface].methods.get(text_of(call[2], "a method's name"))
        if prepared is None:
            raise Rejected(reused(key, first))
        arguments = _Shape(prepared, is_query=False).arguments(call, form)
        entry = Input(machine.name, instance, prepared.name, arguments, first.interface, idempotency=key)
        if not first.is_of(asked_by(entry, prepared.domain, arguments)):
            raise Rejected(reused(key, first))
        return Special(entry, None, is_binary) if is_binary else entry

    def _target(self, word: bytes) -> tuple[Machine, str | None]:
        text = text_of(word, "an address")
        name, slash, key = text.partition("/")
        machine = self._engine.machines.get(name)
        if machine is None:
            machine = machine_of(self._engine, Address.parse(text).machine)
        return machine, checked_key(key) if slash else None

    def _shape(self, machine: Machine, key: str | None, method: bytes) -> _Shape:
        loaded = machine.program_of(key)
        shape = self._shapes.get((loaded.id, method))
        if shape is None:
            name = text_of(method, "a method's name")
            shape = self._shapes[loaded.id, method] = self._shape_of(machine, loaded, name)
        return shape

    def _shape_of(self, machine: Machine, loaded: Loaded, name: str) -> _Shape:
        interface = self._interfaces.get(machine.name, loaded.id)
        made_for = loaded if interface == loaded.id else self._engine.catalog.programs.get(interface)
        if made_for is None:
            raise Stale(
                f"this client was made for program {interface[:12]} of {machine.name}, which never ran here: "
                f"{machine.loaded.id[:12]} runs"
            )
        prepared = _method(made_for, name)
        runs = self._engine.serving(machine, loaded, interface, name).methods[name]
        gauge = None if runs.is_brief else self._gauge(loaded.id, runs)
        return _Shape(prepared, is_query=runs.is_query, gauge=gauge)

    def _gauge(self, program: str, runs: Prepared) -> Gauge:
        found = self._gauges.get((program, runs.name))
        if found is None:
            # A query is followed by a look at the clock, so it may be thought well of.
            found = self._gauges[program, runs.name] = Gauge(0.0 if runs.is_query else UNKNOWN_S)
        return found

    def _call(
        self,
        machine: Machine,
        key: str | None,
        shape: _Shape,
        arguments: tuple[Any, ...],
        once: str | None = None,
        *,
        is_binary: bool = False,
    ) -> Call:
        prepared = shape.prepared
        if shape.is_query:
            interface = self._interfaces.get(machine.name)
            address = Address(machine.name, key)
            return Query(address, prepared.name, arguments, interface, shape.gauge, is_binary)
        entry = Input(machine.name, key, prepared.name, arguments, prepared.interface, "", once)
        return Special(entry, shape.gauge, is_binary) if is_binary or shape.gauge is not None else entry


def _key_of(word: bytes) -> str:
    key = text_of(word, "the key of ONCE")
    if not (0 < len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Rejected(f"the key of ONCE is 1 to {_LONGEST_KEY} printable ASCII characters, not {_cut(key)!r}")
    return key


def _method(loaded: Loaded, name: str) -> Prepared:
    methods = loaded.public
    if name not in methods:
        if name in loaded.methods:
            raise Rejected(f"{loaded.name}.{name} is hidden: adapters call it, for clients of earlier versions")
        hint = did_you_mean(name, methods) or f"; it has {', '.join(list(methods)[:20]) or 'no methods'}"
        raise Rejected(f"{loaded.name} has no method {_cut(name)!r}{hint}")
    return methods[name]


def machine_of(engine: Engine, name: str) -> Machine:
    """The machine of a name. Raises Rejected, with the name that may have been meant."""
    machine = engine.machines.get(name)
    if machine is None:
        known = engine.machines
        hint = did_you_mean(name, known)
        if not hint:
            hint = f"; this node runs {', '.join(sorted(known)[:20])}" if known else "; this node runs none yet"
        raise Rejected(f"there is no machine {_cut(name)!r} here{hint}")
    return machine


def text_of(word: bytes, what: str) -> str:
    """A word as text; `what` names it in the error. Raises Rejected where it is not UTF-8."""
    try:
        return word.decode()
    except UnicodeDecodeError as error:
        raise Rejected(f"{what}: expected UTF-8 text, got byte 0x{word[error.start]:02x} at {error.start}") from None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of an error about an unknown name: the known one that is closest, or nothing."""
    close = get_close_matches(name[:64], list(known)[:_MOST_COMPARED], 1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _reader(type_: Type, path: str) -> Callable[[bytes], Any]:
    """What reads a word as an argument of a type; `path` is how an error names it."""

    def read_int(word: bytes) -> Any:
        if len(word) <= _SHORT_INT and word.isdigit():
            return int(word)
        return from_text(INT, text_of(word, path), path)

    def read_text(word: bytes) -> Any:
        return text_of(word, path)

    def read_other(word: bytes) -> Any:
        return from_text(type_, text_of(word, path), path)

    return read_int if type_ is INT else read_text if type_ is STR else read_other


def _wrong_number(shape: _Shape, given: int) -> str:
    least, most = shape.least, len(shape.readers)
    expected = str(most) if least == most else f"{least} to {most}"
    plural = "" if expected == "1" else "s"
    return f"{shape} takes {expected} argument{plural} {_signature(shape.prepared.method)}, not {given}"


def _unknown_name(shape: _Shape, name: str) -> str:
    names = [parameter.name for parameter in shape.prepared.method.parameters]
    hint = did_you_mean(name, names) or f"; it takes {_signature(shape.prepared.method)}"
    return f"{shape} has no parameter {_cut(name)!r}{hint}"


def _missing(shape: _Shape, arguments: Sequence[Any]) -> str:
    method = shape.prepared.method
    missing = [each.name for each, value in zip(method.parameters, arguments, strict=True) if value is _REQUIRED]
    return f"{shape} takes {_signature(method)}; missing: {', '.join(missing)}"


def _signature(method: Method) -> str:
    shown = [
        f"{parameter.name}: {show(parameter.type)}"
        + (f" = {to_json(parameter.type, parameter.default.value)}" if parameter.default is not None else "")
        for parameter in method.parameters
    ]
    return f"({', '.join(shown)})"


def _cut(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"
