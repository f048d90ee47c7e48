"""Ownership: values keep their meaning while containers are changed in place.

A container is reachable by one way only, from one variable: a field or a local slot. A symbol that stands for somebody
else's container is a borrow. Storing or returning a borrow copies it, and so does a write that could reach it while it
is still around; before a loop that writes, what is around is copied once. Arguments and constants are borrows. A
local variable that nothing reads again gives its container away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from camshaft.bytecode.instructions import Op
from camshaft.execution.liveness import is_read_after
from camshaft.execution.support import copier
from camshaft.execution.symbolic_machine import SymbolicMachine
from camshaft.execution.symbols import (
    Atom,
    Distributed,
    Lazy,
    Pack,
    Symbol,
    Tagged,
    is_fresh,
    mentions,
    roots,
    tuple_text,
)
from camshaft.values.types import INT

_WRITES: Final = frozenset({Op.PUT, Op.DELETE, Op.APPEND})


class Ownership(SymbolicMachine):
    """Copies what would otherwise be shared."""

    def _owned(self, symbol: Symbol) -> str:
        """The text of a value that is about to be stored or returned: a borrow is copied."""
        match symbol:
            case Pack(_, parts):
                return tuple_text(self._owned_parts(parts))
            case Tagged():
                return symbol.constant or f"({symbol.label_name}, {self._owned(symbol.payload)})"
            case Distributed():
                return self._owned(self._distributed(symbol))
            case Atom():
                self._kept_ordinary(symbol)
        if is_fresh(symbol) and not self._is_around(symbol):
            return self._text(symbol)
        return self._text(symbol) if self._is_moved(symbol) else self._copied(symbol)

    def _owned_parts(self, parts: Sequence[Symbol]) -> list[str]:
        """The texts of values that are stored or returned together: each is still around for those before it."""
        height = len(self._stack)
        texts = []
        for index, part in enumerate(parts):
            self._stack.extend(parts[index + 1 :])
            texts.append(self._owned(part))
            del self._stack[height:]
        return texts

    def _is_moved(self, symbol: Symbol) -> bool:
        """Whether a symbol is all or part of a local variable whose last use this is."""
        if not isinstance(symbol, Atom) or symbol.mentions != symbol.roots or len(symbol.roots) != 1:
            return False
        (variable,) = symbol.roots
        if variable in self._iterated or any(variable in roots(other) for other in self._stack):
            return False
        slot = next((number for number, (name, _, _) in enumerate(self._slots, 1) if name == variable), None)
        return slot is not None and not is_read_after(self._code, self._ends, self._openers, self._at, slot)

    def _given_up(self, symbol: Symbol) -> str:
        """The text of a result: local variables end here, so what one of them holds is moved, once."""
        parts = symbol.parts if isinstance(symbol, Pack) else (symbol,)
        held = [name for part in parts for name in roots(part)]
        if (
            len(set(held)) == len(held)
            and self._kinship.holds_nothing_twice(symbol)
            and all((is_fresh(part) and not roots(part)) or _is_local_variable(part) for part in parts)
        ):
            return self._text(symbol)
        return self._owned(symbol)

    def _copied(self, symbol: Symbol) -> str:
        return f"{self._constants.name(copier(symbol.type), ('copier', symbol.type))}({self._text(symbol)})"

    def _is_around(self, symbol: Symbol) -> bool:
        """Whether the stack still holds the containers of a fresh symbol, so that moving them would share them."""
        kin = set(self._kinship.within(symbol))
        return bool(kin) and any(not kin.isdisjoint(self._kinship.within(other)) for other in self._stack)

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
            case Tagged():
                return replace(symbol, payload=self._kept(symbol.payload, rebound, mutated))
            case Distributed(type_, record, position):
                kept = self._kept(record, rebound, mutated)
                assert isinstance(kept, Pack)
                return Distributed(type_, kept, position)
            case _ if roots(symbol) & mutated and symbol.type.is_mutable and not isinstance(symbol, Lazy):
                return self._assign(self._copied(symbol), symbol.type, fresh=True, apart=True)
            case _ if isinstance(symbol, Atom) and not mentions(symbol) & rebound:
                return symbol
            case _:
                text = (
                    self._copied(symbol) if roots(symbol) & mutated and symbol.type.is_mutable else self._text(symbol)
                )
                bounds = self._bounds(symbol) if symbol.type is INT else None
                return self._assign(text, symbol.type, held=roots(symbol), bounds=bounds)


def is_local(variable: str) -> bool:
    """Whether a variable is one of LOCALS and not a field of the state: its containers are gone when the step ends."""
    return variable.startswith("v")


def _is_local_variable(symbol: Symbol) -> bool:
    """Whether a symbol is all or part of a local variable. Constants and parameters, which have no roots, are not."""
    if not isinstance(symbol, Atom) or not symbol.roots or symbol.mentions != symbol.roots:
        return False
    return all(map(is_local, symbol.roots))
