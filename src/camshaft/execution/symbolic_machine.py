"""The abstract machine on symbolic values: what it holds, and who owns which container.

Ownership: a container is reachable by one way only, from one variable. A symbol that stands for somebody else's
container is a borrow; storing or returning it copies, and so does a write that could reach it while it is still around.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from camshaft.bytecode.effects import STATE_SLOT
from camshaft.bytecode.instructions import OPENERS, Op
from camshaft.bytecode.places import ResolvedPlace
from camshaft.bytecode.verified import VerifiedCode
from camshaft.execution.bounds import Bounds, Slot, bounds_of
from camshaft.execution.liveness import is_read_after
from camshaft.execution.statements import Assign, Body, Line, Statement
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

_LOOPS: Final = frozenset({Op.EACH, Op.MAP, Op.WHILE})
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


class Leaving(Enum):
    """How a BLOCK is left in Python."""

    RETURN = "its end is the function's"
    CONTINUE = "its end is that of the body of a loop"
    BREAK = "its end is that of a loop in it"
    WRAPPED = "it is a loop itself, of one round"


@dataclass(slots=True)
class Block:
    """A BLOCK that is open: where its result goes, and how to leave it."""

    leaving: Leaving
    loops: int
    """How many Python loops are open around it."""
    result: str = ""
    flag: str = ""
    flagged: bool = False


class SymbolicMachine:
    """A register, a stack and slots that hold symbols, and the statements that were written down so far."""

    def __init__(
        self,
        code: VerifiedCode,
        state: Type | None,
        constants: Constants,
        functions: list[Summary],
        counted: frozenset[Slot],
    ) -> None:
        """`counted`: the local slots that are known to be only counted up and down, see `bounds`."""
        self.summary = Summary()
        self.body: Body = []
        self.puts: dict[Slot, list[Bounds]] = {}
        """What each local integer is set to, as far as it is known."""
        self._counted = counted
        self._code = code
        self._constants = constants
        self._functions = functions
        self._fields: tuple[Type, ...] = ()
        self._state = state
        if isinstance(state, Record):
            self._fields = tuple(child for _, child in state.fields)
        elif state is not None:
            self._fields = (state,)
        self._steps: dict[str, str] = {}
        """Integers that are another one plus or minus a small constant, and that other one."""
        self._register: Symbol = UNIT_ATOM
        self._stack: list[Symbol] = []
        self._slots: list[tuple[str, Type, Slot]] = []
        self._blocks: list[Block] = []
        self._loops = 0
        """How many Python loops are open."""
        self._out = self.body
        self._range_charge: Statement | None = None
        """The last of what was written down to charge the range that was made last."""
        self._iterated: frozenset[str] = NOWHERE
        """The variables whose containers the loops around go through."""
        self._set_fields: frozenset[str] = NOWHERE
        """The fields that may have been set on the way here; no other is written back where the function returns."""
        self._at = 0
        """The instruction that is being translated."""
        self._count = 0
        self._dead = False
        self._ends = _matching_ends(code)
        self._openers = {end: opener for opener, ends in self._ends.items() for end in ends}
        self._exits = _exits(code, self._ends)

    def _name(self, kind: str = "t") -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def _assign(
        self,
        text: str,
        type_: Type,
        *,
        fails: bool = False,
        held: Iterable[str] = (),
        fresh: bool = False,
        bounds: Bounds | None = None,
    ) -> Atom:
        name = self._name()
        self.summary.python_errors |= fails
        self._out.append(Assign(name, text, fails))
        return Atom(name, type_, NOWHERE, frozenset(held) if type_.is_mutable else NOWHERE, fresh, bounds)

    def _bounds(self, symbol: Symbol) -> Bounds:
        """What is known of an integer."""
        found = symbol.bounds if isinstance(symbol, Atom) else None
        return bounds_of(symbol.type) if found is None else found

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
        return self._text(symbol) if self._is_moved(symbol) else self._copied(symbol)

    def _is_moved(self, symbol: Symbol) -> bool:
        """Whether a symbol is all or part of a local variable whose last use this is."""
        if not isinstance(symbol, Atom) or symbol.mentions != symbol.roots or len(symbol.roots) != 1:
            return False
        (variable,) = symbol.roots
        if variable in self._iterated or any(variable in roots(other) for other in self._stack):
            return False
        slot = next((number for number, (name, _, _) in enumerate(self._slots, 1) if name == variable), None)
        return slot is not None and not is_read_after(self._code, self._ends, self._openers, self._at, slot)

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
            name, type_, _ = self._slots[place.slot - 1]
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
                bounds = symbol.bounds if isinstance(symbol, Atom) else None
                return self._assign(text, symbol.type, held=roots(symbol), bounds=bounds)

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
        return self._assign(atom.text, atom.type, held=atom.roots, fresh=atom.fresh, bounds=atom.bounds)

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


def is_local(variable: str) -> bool:
    """Whether a variable is one of LOCALS and not a field of the state: its containers are gone when the step ends."""
    return variable.startswith("v")


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


@dataclass(frozen=True, slots=True)
class Exit:
    """An EXIT: the BLOCK that it leaves, how many are between, and the outermost loop in that BLOCK around it."""

    block: int
    depth: int
    loop: int | None


def _exits(code: VerifiedCode, ends: dict[int, list[int]]) -> dict[int, Exit]:
    exits: dict[int, Exit] = {}
    open_: list[int] = []
    for at, opcode in enumerate(code.opcodes):
        if opcode in OPENERS:
            open_.append(at)
        elif opcode == Op.END:
            open_.pop()
        elif opcode == Op.EXIT:
            blocks = [opener for opener in reversed(open_) if code.opcodes[opener] == Op.BLOCK]
            targets = [ends[block][-1] + 1 for block in blocks]
            depth = targets.index(code.steps[at][1].target)
            inside = open_[open_.index(blocks[depth]) + 1 :]
            loop = next((opener for opener in inside if code.opcodes[opener] in _LOOPS), None)
            exits[at] = Exit(blocks[depth], depth, loop)
    return exits
