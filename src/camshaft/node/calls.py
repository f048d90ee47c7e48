"""CALL and CALLN: words of a client -> a checked input for the journal, or a query.

A call without arguments, which is most of them, is made once and shared: the second `CALL counter incr` is one look
into a dict. With arguments, what is remembered is where the call goes and what it takes.

Rule: what leaves here conforms to the types of the method, under the program that runs now. What arrives is words
that anybody may have sent, and every error says what was expected and what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

from camshaft.bytecode.program import Method, Parameter
from camshaft.errors import Rejected
from camshaft.runtime.catalog import Prepared
from camshaft.runtime.engine import Engine
from camshaft.runtime.entries import Input
from camshaft.runtime.instances import Machine
from camshaft.values.address import Address
from camshaft.values.types import INT, Type, show
from camshaft.values.view import from_text, to_json

_REMEMBERED: Final = 16_384
"""How many calls are remembered, in each of the two tables. When one is full it starts anew: finding a call again
costs 5 µs, and there is no order to keep at each use."""
_SHORT_INT: Final = 18
"""Digits that an integer may have to be read without any check."""
_MOST_COMPARED: Final = 200


@dataclass(frozen=True, slots=True)
class Query:
    """A call of a method that never changes the state: it is answered from memory."""

    address: Address
    method: str
    arguments: tuple[Any, ...]


Call: TypeAlias = Input | Query


@dataclass(frozen=True, slots=True)
class _Site:
    """Where a call goes, and what it takes: each parameter's type, and how an error names it."""

    address: Address
    prepared: Prepared
    slots: tuple[tuple[Type, str], ...]

    @property
    def method(self) -> Method:
        return self.prepared.method

    def call(self, arguments: tuple[Any, ...]) -> Call:
        prepared = self.prepared
        if prepared.is_query:
            return Query(self.address, prepared.name, arguments)
        return Input(self.address.machine, self.address.key, prepared.name, arguments, prepared.interface)


class Calls:
    """The calls of a node's clients. It is told to `forget` when a program changes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sites: dict[tuple[bytes, bytes], _Site] = {}
        self.shared: dict[tuple[bytes, bytes], Call] = {}
        """The calls without arguments, by address and method as clients write them."""

    def forget(self) -> None:
        """Forget everything that was remembered: a program has changed."""
        self._sites.clear()
        self.shared.clear()

    def positional(self, words: Sequence[bytes]) -> Call:
        """The call that `CALL address method [argument …]` makes. Raises Rejected."""
        site = self._site(words[1], words[2])
        slots = site.slots
        given = len(words) - 3
        if given == len(slots):
            call = site.call(tuple([_argument(slot, word) for slot, word in zip(slots, words[3:], strict=True)]))
        else:
            defaults = site.method.parameters[given:]
            if given > len(slots) or any(parameter.default is None for parameter in defaults):
                raise Rejected(_wrong_number(site, given))
            arguments = [_argument(slot, word) for slot, word in zip(slots, words[3:], strict=False)]
            call = site.call((*arguments, *map(_default, defaults)))
        if not given:
            if len(self.shared) >= _REMEMBERED:
                self.shared.clear()
            self.shared[words[1], words[2]] = call
        return call

    def named(self, words: Sequence[bytes]) -> Call:
        """The call that `CALLN address method [name argument …]` makes. Raises Rejected."""
        site = self._site(words[1], words[2])
        if len(words) % 2 == 0:
            last = text_of(words[-1], "a name")
            raise Rejected(f"CALLN takes names and arguments in pairs; {_cut(last)!r} has no argument")
        given: dict[str, Any] = {}
        names = [parameter.name for parameter in site.method.parameters]
        for index in range(3, len(words), 2):
            name = text_of(words[index], "a name")
            if name not in names:
                raise Rejected(f"{_named(site)} has no parameter {_cut(name)!r}{did_you_mean(name, names)}")
            if name in given:
                raise Rejected(f"{_named(site)}: argument {name} is given twice")
            given[name] = _argument(site.slots[names.index(name)], words[index + 1])
        missing = [p.name for p in site.method.parameters if p.default is None and p.name not in given]
        if missing:
            raise Rejected(f"{_named(site)} takes {_signature(site.method)}; missing: {', '.join(missing)}")
        return site.call(tuple([given[p.name] if p.name in given else _default(p) for p in site.method.parameters]))

    def _site(self, address: bytes, method: bytes) -> _Site:
        site = self._sites.get((address, method))
        if site is None:
            site = self._found(address, method)
            if len(self._sites) >= _REMEMBERED:
                self._sites.clear()
            self._sites[address, method] = site
        return site

    def _found(self, address_word: bytes, method_word: bytes) -> _Site:
        address = Address.parse(text_of(address_word, "an address"))
        name = text_of(method_word, "a method's name")
        methods = machine_of(self._engine, address.machine).loaded.methods
        if name not in methods:
            hint = did_you_mean(name, methods) or f"; it has {', '.join(list(methods)[:20]) or 'no methods'}"
            raise Rejected(f"{address.machine} has no method {_cut(name)!r}{hint}")
        prepared = self._engine.prepare(address, name)
        slots = tuple(
            (parameter.type, f"{name} of {address.machine}: argument {parameter.name}")
            for parameter in prepared.method.parameters
        )
        return _Site(address, prepared, slots)


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


def _argument(slot: tuple[Type, str], word: bytes) -> Any:
    type_, path = slot
    if type_ is INT and len(word) <= _SHORT_INT and word.isdigit():
        return int(word)
    return from_text(type_, text_of(word, path), path)


def _default(parameter: Parameter) -> Any:
    assert parameter.default is not None
    return parameter.default.value


def _wrong_number(site: _Site, given: int) -> str:
    parameters = site.method.parameters
    least = sum(parameter.default is None for parameter in parameters)
    most = len(parameters)
    expected = str(most) if least == most else f"{least} to {most}"
    plural = "" if expected == "1" else "s"
    return f"{_named(site)} takes {expected} argument{plural} {_signature(site.method)}, not {given}"


def _named(site: _Site) -> str:
    return f"{site.method.name} of {site.address.machine}"


def _signature(method: Method) -> str:
    shown = [
        f"{parameter.name}: {show(parameter.type)}"
        + (f" = {to_json(parameter.type, parameter.default.value)}" if parameter.default is not None else "")
        for parameter in method.parameters
    ]
    return f"({', '.join(shown)})"


def _cut(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"
