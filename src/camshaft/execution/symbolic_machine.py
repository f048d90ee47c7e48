"""The abstract machine on symbolic values: what it holds, and who owns which container.

Ownership: a container is reachable by one way only, from one variable. A symbol that stands for somebody else's
container is a borrow; storing or returning it copies, and so does a write that could reach it while it is still around.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from camshaft.bytecode.effects import STATE_SLOT
from camshaft.bytecode.instructions import OPENERS, Op
from camshaft.bytecode.places import ResolvedPlace
from camshaft.bytecode.verified import VerifiedCode
from camshaft.execution.statements import Assign, Body, Line
from camshaft.execution.support import copier
from camshaft.execution.symbols import (
    NOWHERE,
    UNIT_ATOM,
    Atom,
    Distributed,
    Lazy,
    Pack,
    Symbol,
    Tagged,
    is_fresh,
    mentions,
    roots,
    text_of,
)
from camshaft.values.types import UNIT, Record, Type

_WRITES: Final = frozenset({Op.PUT, Op.DELETE, Op.APPEND})


@dataclass(slots=True)
class Summary:
    """What a caller must know of a translated function. Fields are positions in the state."""

    name: str = ""
    reads: set[int] = field(default_factory=set)
    rebinds: set[int] = field(default_factory=set)
    mutates: set[int] = field(default_factory=set)
    fuel: bool = False
    undo: bool = False
    python_errors: bool = False
    """Whether Python's own exceptions stand for traps in it."""
    passes_undo: bool = False
    spread: int | None = None
    """How many parameters the domain's record is spread over; None: it is one parameter."""


class Constants:
    """The values that generated code refers to by name."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self._names: dict[Any, str] = {}

    def name(self, value: Any, key: Any = None) -> str:
        """The name of a constant; values of equal keys share one."""
        key = ("by identity", id(value)) if key is None else key
        if key not in self._names:
            self._names[key] = f"k{len(self._names)}"
            self.namespace[self._names[key]] = value
        return self._names[key]

    def label(self, label: str) -> str:
        """The name of a label."""
        return self.name(label, ("label", label))


@dataclass(slots=True)
class Block:
    """A BLOCK that is open: where its result goes, and how to leave it."""

    result: str
    loops: int
    """How many Python loops are open inside of which `break` would end it: those beyond this number are between."""
    flag: str
    is_tail: bool
    flagged: bool = False


class SymbolicMachine:
    """A register, a stack and slots that hold symbols, and the statements that were written down so far."""

    def __init__(
        self, code: VerifiedCode, state: Type | None, constants: Constants, functions: list[Summary], fallthrough: bool
    ) -> None:
        self.summary = Summary()
        self.body: Body = []
        self._code = code
        self._constants = constants
        self._functions = functions
        self._names_results = fallthrough
        self._fields: tuple[Type, ...] = ()
        self._state = state
        if isinstance(state, Record):
            self._fields = tuple(child for _, child in state.fields)
        elif state is not None:
            self._fields = (state,)
        self._grows: dict[str, str] = {}
        """Integers that can only have become larger, or smaller, than one that was within bounds."""
        self._register: Symbol = UNIT_ATOM
        self._stack: list[Symbol] = []
        self._slots: list[tuple[str, Type]] = []
        self._blocks: list[Block] = []
        self._loops: list[Block | None] = []
        self._out = self.body
        self._count = 0
        self._dead = False
        self._ends = _matching_ends(code)
        self._depths = _exit_depths(code)

    def _name(self, kind: str = "t") -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def _assign(
        self, text: str, type_: Type, *, fails: bool = False, held: Iterable[str] = (), fresh: bool = False
    ) -> Atom:
        name = self._name()
        self.summary.python_errors |= fails
        self._out.append(Assign(name, text, fails))
        return Atom(name, type_, NOWHERE, frozenset(held) if type_.is_mutable else NOWHERE, fresh)

    def _atom(self, symbol: Symbol) -> Atom:
        """The symbol as an expression that may be written more than once."""
        if isinstance(symbol, Atom):
            return symbol
        return self._assign(self._text(symbol), symbol.type, held=roots(symbol), fresh=is_fresh(symbol))

    def _text(self, symbol: Symbol) -> str:
        if isinstance(symbol, Distributed):
            return self._text(self._spelled_out(symbol))
        return text_of(symbol)

    def _spelled_out(self, symbol: Distributed) -> Symbol:
        """A distributed record as the variant of records that it is, for whoever does something else than CASE."""
        variant = self._atom(symbol.record.parts[symbol.position])
        parts = [
            f"{variant.text}[1]" if at == symbol.position else self._text(part)
            for at, part in enumerate(symbol.record.parts)
        ]
        made = f"({', '.join(parts)},)"
        return self._assign(f"({variant.text}[0], {made})", symbol.type, held=roots(symbol))

    def _owned(self, symbol: Symbol) -> str:
        """The text of a value that is about to be stored or returned: a borrow is copied."""
        if is_fresh(symbol) and not self._is_around(symbol):
            return self._text(symbol)
        return self._copied(symbol)

    def _copied(self, symbol: Symbol) -> str:
        return f"{self._constants.name(copier(symbol.type), ('copier', symbol.type))}({self._text(symbol)})"

    def _is_around(self, symbol: Symbol) -> bool:
        """Whether the stack still holds the containers of a fresh symbol, so that moving them would share them."""
        if not symbol.type.is_mutable:
            return False
        names = _names(symbol)
        return any(names & _names(other) for other in self._stack)

    def _charge(self, text: str) -> None:
        self.summary.fuel = True
        self._out.append(Line(f"fuel -= {text}"))
        self._out.append(Line("if fuel < 0: out_of_fuel(fuel)", fails=True))

    def _root(self, place: ResolvedPlace) -> tuple[str, Type, tuple[int | None, ...]]:
        """The variable that a place is in, its type, and the way on from there."""
        if place.slot != STATE_SLOT:
            name, type_ = self._slots[place.slot - 1]
            return name, type_, place.path
        if isinstance(self._state, Record):
            position = place.path[0]
            assert position is not None
            return f"f{position}", self._fields[position], place.path[1:]
        assert self._state is not None
        return "f0", self._state, place.path

    def _is_whole_state(self, place: ResolvedPlace) -> bool:
        return place.slot == STATE_SLOT and not place.path and isinstance(self._state, Record)

    def _touch(self, variable: str, into: set[int]) -> None:
        if variable.startswith("f"):
            into.add(int(variable[1:]))

    def _written(self, start: int, end: int) -> tuple[frozenset[str], frozenset[str]]:
        """The variables that code assigns anew, and those whose containers it changes, as far as they exist already."""
        rebound: set[str] = set()
        mutated: set[str] = set()
        for at in range(start, end):
            opcode, place = self._code.opcodes[at], self._code.steps[at][1]
            if opcode == Op.CALL:
                called = self._functions[place]
                rebound |= {f"f{field}" for field in called.rebinds}
                mutated |= {f"f{field}" for field in called.mutates}
            elif opcode in _WRITES and place.slot <= len(self._slots):
                if self._is_whole_state(place):
                    rebound |= {f"f{field}" for field in range(len(self._fields))}
                    continue
                variable, _, path = self._root(place)
                (rebound if opcode == Op.PUT and None not in path else mutated).add(variable)
        return frozenset(rebound), frozenset(mutated)

    def _protect_from(self, start: int, end: int) -> None:
        """Before a construct: nothing that is still around may be changed by a write in it."""
        self._stack.append(self._register)
        self._protect(*self._written(start, end))
        self._register = self._stack.pop()

    def _protect(self, rebound: frozenset[str], mutated: frozenset[str]) -> None:
        """Keep what the stack holds of variables that are about to be written."""
        if not rebound and not mutated:
            return
        kept: dict[int, Symbol] = {}
        for index, symbol in enumerate(self._stack):
            if id(symbol) not in kept:
                kept[id(symbol)] = self._kept(symbol, rebound, mutated)
            self._stack[index] = kept[id(symbol)]

    def _kept(self, symbol: Symbol, rebound: frozenset[str], mutated: frozenset[str]) -> Symbol:
        if not (mentions(symbol) & (rebound | mutated) or roots(symbol) & mutated):
            return symbol
        match symbol:
            case Pack(type_, parts):
                return Pack(type_, tuple(self._kept(part, rebound, mutated) for part in parts))
            case Tagged(type_, label, name, payload):
                return Tagged(type_, label, name, self._kept(payload, rebound, mutated))
            case Distributed(type_, record, position):
                kept = self._kept(record, rebound, mutated)
                assert isinstance(kept, Pack)
                return Distributed(type_, kept, position)
            case _ if roots(symbol) & mutated and symbol.type.is_mutable and not isinstance(symbol, Lazy):
                return self._assign(self._copied(symbol), symbol.type)
            case _ if isinstance(symbol, Atom) and not mentions(symbol) & rebound:
                return symbol
            case _:
                text = (
                    self._copied(symbol) if roots(symbol) & mutated and symbol.type.is_mutable else self._text(symbol)
                )
                return self._assign(text, symbol.type, held=roots(symbol))

    def _operands(self, count: int) -> list[Symbol]:
        if count == 0:
            return []
        kept = len(self._stack) - count + 1
        operands = [*self._stack[kept:], self._register]
        del self._stack[kept:]
        return operands

    def _variable(self, name: str, type_: Type) -> Atom:
        return Atom(name, type_, frozenset({name}), frozenset({name}) if type_.is_mutable else NOWHERE)

    def _named(self, symbol: Symbol) -> Atom:
        """The symbol as a name or a constant, for expressions that use it more than once."""
        atom = self._atom(symbol)
        if atom.text.isidentifier() or atom.text.lstrip("-").isdigit():
            return atom
        return self._assign(atom.text, atom.type, held=atom.roots, fresh=atom.fresh)

    def _part(self, symbol: Symbol, position: int) -> Symbol:
        if isinstance(symbol, Pack):
            return symbol.parts[position]
        whole = self._atom(symbol)
        assert isinstance(whole.type, Record)
        child = whole.type.fields[position][1]
        if child is UNIT:
            return UNIT_ATOM
        held = whole.roots if child.is_mutable else NOWHERE
        return Atom(f"{whole.text}[{position}]", child, whole.mentions, held, whole.fresh and False)

    def _pair(self, symbol: Symbol) -> tuple[Symbol, Symbol]:
        return self._part(symbol, 0), self._part(symbol, 1)


def _names(symbol: Symbol) -> frozenset[str]:
    """The names of the containers that a symbol stands for."""
    match symbol:
        case Atom():
            return frozenset({symbol.text}) if symbol.type.is_mutable else NOWHERE
        case Pack():
            return NOWHERE.union(*map(_names, symbol.parts))
        case Tagged():
            return _names(symbol.payload)
        case Distributed():
            return _names(symbol.record)
        case Lazy():
            return NOWHERE.union(*map(_names, symbol.operands))


def _matching_ends(code: VerifiedCode) -> dict[int, list[int]]:
    """For each construct the positions of its ELSE or its ARMs, and then of its END."""
    ends: dict[int, list[int]] = {}
    open_: list[int] = []
    for at, opcode in enumerate(code.opcodes):
        if opcode in OPENERS:
            open_.append(at)
            ends[at] = []
        elif opcode in (Op.ELSE, Op.ARM, Op.DO):
            ends[open_[-1]].append(at)
        elif opcode == Op.END:
            ends[open_.pop()].append(at)
    return ends


def _exit_depths(code: VerifiedCode) -> dict[int, int]:
    """For each EXIT how many blocks are between it and the one that it leaves."""
    depths: dict[int, int] = {}
    open_: list[int] = []
    ends = _matching_ends(code)
    for at, opcode in enumerate(code.opcodes):
        if opcode in OPENERS:
            open_.append(at)
        elif opcode == Op.END:
            open_.pop()
        elif opcode == Op.EXIT:
            blocks = [ends[opener][-1] + 1 for opener in open_ if code.opcodes[opener] == Op.BLOCK]
            depths[at] = blocks[::-1].index(code.steps[at][1].target)
    return depths
