"""The abstract machine on symbolic values: what it holds, and the statements that were written down so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from camshaft.bytecode.effects import STATE_SLOT
from camshaft.bytecode.places import ResolvedPlace
from camshaft.bytecode.verified import VerifiedCode
from camshaft.execution.bounds import Bounds, Known, Slot
from camshaft.execution.facts import Facts
from camshaft.execution.kinship import Kinship
from camshaft.execution.statements import Assign, Body, Charge, Line, unless_ordinary
from camshaft.execution.structure import exits, matching_ends
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
    roots,
    text_of,
)
from camshaft.values.types import INT, UNIT, Record, Type


@dataclass(slots=True)
class Summary:
    """What a caller must know of a translated function. Fields are positions in the state."""

    name: str = ""
    reads: set[int] = field(default_factory=set)
    rebinds: set[int] = field(default_factory=set)
    mutates: set[int] = field(default_factory=set)
    fuel: bool = False
    undo: bool = False
    occasion: bool = False
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
        known: Known,
        *,
        looks_for_counters: bool,
    ) -> None:
        """`known`: what is known of the integers that the code finds, see `bounds`.

        `looks_for_counters`: this is the first of two translations, whose `puts` tell which variables are only counted.
        """
        self.summary = Summary()
        self.body: Body = []
        self.puts: dict[Slot, list[Bounds]] = {}
        """What each local integer is set to, as far as it is known."""
        self._known = known
        self._looks_for_counters = looks_for_counters
        self._facts = Facts(known, looks_for_counters=looks_for_counters)
        self._kinship = Kinship()
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
        self._range_charge: Charge | None = None
        """What charges the range that was made last."""
        self._iterated: frozenset[str] = NOWHERE
        """The variables whose containers the loops around go through."""
        self._at = 0
        """The instruction behind which the code goes on, while one is translated."""
        self._count = 0
        self._dead = False
        self._ends = matching_ends(code)
        self._openers = {end: opener for opener, ends in self._ends.items() for end in ends}
        self._exits = exits(code, self._ends)
        self._exit_loops: dict[int, set[int | None]] = {}
        """For each BLOCK the loops in it that its exits leave; None for an exit in none."""
        for exit_ in self._exits.values():
            self._exit_loops.setdefault(exit_.block, set()).add(exit_.loop)

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
        apart: bool = False,
        bounds: Bounds | None = None,
    ) -> Atom:
        """A new name for what an expression gives. `apart`: its containers are none of those that the text names."""
        name = self._name()
        self.summary.python_errors |= fails
        if type_.is_mutable and not apart:
            self._kinship.relate(name, text)
        self._out.append(Assign(name, text, fails))
        return Atom(name, type_, NOWHERE, frozenset(held) if type_.is_mutable else NOWHERE, fresh, bounds)

    def _bounds(self, symbol: Symbol) -> Bounds:
        """What is known of an integer."""
        found = symbol.bounds if isinstance(symbol, Atom) else None
        if found is None:
            found = self._known.assumed.of_type(symbol.type)
        return self._facts.of(symbol.text, found) if isinstance(symbol, Atom) else found

    def _atom(self, symbol: Symbol) -> Atom:
        """The symbol as an expression that may be written more than once."""
        if isinstance(symbol, Atom):
            return symbol
        fresh = self._is_unshared(symbol)
        return self._assign(self._text(symbol), symbol.type, held=roots(symbol), fresh=fresh)

    def _is_unshared(self, *symbols: Symbol) -> bool:
        """Whether the containers of symbols are nobody else's, and none of them is in there twice."""
        return all(map(is_fresh, symbols)) and self._kinship.holds_nothing_twice(*symbols)

    def _text(self, symbol: Symbol) -> str:
        if not isinstance(symbol, Atom):
            symbol = self._spelled_out(symbol)
            self._kept_ordinary(symbol)
        return text_of(symbol)

    def _spelled_out(self, symbol: Symbol) -> Symbol:
        """A symbol whose distributed records are the variants of records that they are: it does not go to CASE."""
        match symbol:
            case Distributed():
                return self._distributed(symbol)
            case Pack(type_, parts):
                return Pack(type_, tuple(map(self._spelled_out, parts)))
            case Tagged():
                return replace(symbol, payload=self._spelled_out(symbol.payload))
            case _:
                return symbol

    def _distributed(self, symbol: Distributed) -> Atom:
        variant = self._atom(symbol.record.parts[symbol.position])
        parts = [
            f"{variant.text}[1]" if at == symbol.position else self._text(part)
            for at, part in enumerate(symbol.record.parts)
        ]
        made = f"({', '.join(parts)},)"
        return self._assign(f"({variant.text}[0], {made})", symbol.type, held=roots(symbol))

    def _charge(self, count: str, each: int = 1, *, may_be_negative: bool = False) -> Charge:
        self.summary.fuel = True
        charge = Charge(count, each, may_be_negative)
        self._out.append(charge)
        return charge

    def _learn(self, variable: str, value: Symbol) -> None:
        """A variable has been set to a value."""
        bounds = self._bounds(value)
        self._facts.forget((variable,))
        if value.type is INT:
            self._facts.learn(variable, bounds)

    def _kept_ordinary(self, symbol: Symbol) -> None:
        """Before a value goes where nothing is known of it but its type: look at the integers that may be large."""
        match symbol:
            case Atom(text, type_) if type_ is INT:
                known = self._known
                low, high = known.assumed.stays(known.absolute(self._bounds(symbol)))
                if not (low and high):
                    self._out.append(Line(unless_ordinary(text, up=not high, down=not low), fails=True))
                    if text.isidentifier():
                        self._facts.learn(text, known.absolute(self._bounds(symbol)).narrowed(known.assumed.stored))
            case Pack():
                for part in symbol.parts:
                    self._kept_ordinary(part)
            case Tagged():
                self._kept_ordinary(symbol.payload)
            case Distributed():
                self._kept_ordinary(symbol.record)
            case Lazy(_, "range", operands):
                for operand in operands:
                    self._kept_ordinary(operand)
            case _:
                pass

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
        return Atom(f"{whole.text}[{position}]", child, whole.mentions, held)

    def _pair(self, symbol: Symbol) -> tuple[Symbol, Symbol]:
        return self._part(symbol, 0), self._part(symbol, 1)
