"""Symbolic values: what the register, the stack and the environment hold while code is translated.

A record that is made and taken apart again never exists: it is a `Pack` of its parts, and a projection picks one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from camshaft.execution.bounds import Bounds
from camshaft.values.types import UNIT, Record, Type, Variant

NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Atom:
    """An expression that is cheap, cannot fail and may be evaluated again: a name, a constant, a fixed part of one.

    `mentions`: the variables that it is read from. `roots`: the variables whose containers it is or holds, where its
    type is mutable. `fresh`: its containers are nobody else's. `bounds`: what is known of an integer beyond its type.
    """

    text: str
    type: Type
    mentions: frozenset[str] = NOWHERE
    roots: frozenset[str] = NOWHERE
    fresh: bool = False
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """A record that has not been made yet."""

    type: Record
    parts: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A case of a variant that has not been made yet."""

    type: Variant
    label: str
    label_name: str
    """The name of the constant that holds the label: nothing of a program ever stands in generated source."""
    payload: Symbol
    constant: str = ""
    """The name of the constant that is the whole case, where nothing comes with it."""


@dataclass(frozen=True, slots=True)
class Distributed:
    """A record whose variant at a position is about to be told apart by CASE."""

    type: Variant
    record: Pack
    position: int


@dataclass(frozen=True, slots=True)
class Lazy:
    """What an operation on a map or on integers would give, where the next instruction can do without making it.

    `kind` is `range`, `items`, `keys`, `values` or `find`.
    """

    type: Type
    kind: str
    operands: tuple[Atom, ...]


Symbol: TypeAlias = Atom | Pack | Tagged | Distributed | Lazy

UNIT_ATOM = Atom("()", UNIT, fresh=True)


def text_of(symbol: Symbol) -> str:
    """The Python expression that makes a symbol's value."""
    match symbol:
        case Atom():
            return symbol.text
        case Pack():
            return tuple_text([text_of(part) for part in symbol.parts])
        case Tagged():
            return symbol.constant or f"({symbol.label_name}, {text_of(symbol.payload)})"
        case Distributed():
            raise AssertionError("a distributed record goes to CASE or is spelled out by the translator")
        case Lazy():
            operands = [operand.text for operand in symbol.operands]
            return _LAZY[symbol.kind].format(*operands)


def tuple_text(parts: Sequence[str]) -> str:
    """The Python expression of a tuple of these parts."""
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


_LAZY = {
    "range": "list(range({0}, {1}, {2}))",
    "items": "list({0}.items())",
    "keys": "list({0})",
    "values": "list({0}.values())",
    "find": '("found", {0}[{1}]) if {1} in {0} else ("missing", ())',
}


def mentions(symbol: Symbol) -> frozenset[str]:
    """The variables that evaluating a symbol reads."""
    match symbol:
        case Atom():
            return symbol.mentions
        case Pack():
            return NOWHERE.union(*map(mentions, symbol.parts))
        case Tagged():
            return mentions(symbol.payload)
        case Distributed():
            return mentions(symbol.record)
        case Lazy():
            return NOWHERE.union(*map(mentions, symbol.operands))


def roots(symbol: Symbol) -> frozenset[str]:
    """The variables whose containers a symbol's value is, holds, or will be made from."""
    match symbol:
        case Atom():
            return symbol.roots
        case Pack():
            return NOWHERE.union(*map(roots, symbol.parts))
        case Tagged():
            return roots(symbol.payload)
        case Distributed():
            return roots(symbol.record)
        case Lazy():
            return NOWHERE.union(*map(roots, symbol.operands))


def is_fresh(symbol: Symbol) -> bool:
    """Whether the containers of a symbol's value are nobody else's."""
    match symbol:
        case Atom():
            return symbol.fresh or not symbol.type.is_mutable
        case Pack():
            return all(map(is_fresh, symbol.parts))
        case Tagged():
            return is_fresh(symbol.payload)
        case Distributed():
            return is_fresh(symbol.record)
        case Lazy():
            # A new list; what it holds is the map's own, where that can be changed.
            return not any(child.is_mutable for child in _elements(symbol))


def _elements(symbol: Lazy) -> tuple[Type, ...]:
    map_type = symbol.operands[0].type
    return (map_type.value,) if hasattr(map_type, "value") else ()
