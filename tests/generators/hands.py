"""Programs changed so that containers change hands: what is most likely to find a container that has two owners.

Blind mutations seldom verify, and of those that do few move a list from one place to another. Each change here leaves
stack and register as they were and is of the right types at its point: what is in the register is stored, a place is
copied to another one, an element is taken away, appended or replaced, and a step ends or goes on by what is where.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from camshaft.bytecode.instructions import MNEMONICS, Op, Operand
from camshaft.bytecode.places import ResolvedPlace, resolve
from camshaft.bytecode.program import ConstantValue, Place, Program
from camshaft.bytecode.verifier import Verified
from camshaft.values.types import INT, STR, List, Map, Record, Type, is_storable
from generators import samples
from generators.mutations import Instruction, Mutator, declared_right, flat, instructions

_EQUAL: Final = MNEMONICS["EQUAL"].opcode
_DEEPEST: Final = 3
_KEYS: Final[dict[Type, tuple[Any, ...]]] = {INT: (0, 0, 0, 1, 7), STR: ("a", "a", "b", "z")}
_TRAP: Final = "AssertionError"

_Found = tuple[Place, ResolvedPlace]


class Hands(Mutator):
    """Changes one method of a program by a few moves."""

    def mutated(self, verified: Verified) -> Program:
        """The program with one to six moves in one of its methods; now and then with blind changes besides."""
        program = verified.program
        at = self._random.randrange(len(program.methods))
        method = program.methods[at]
        found = verified.methods[method.name].code
        registers: Sequence[Type] = (found.domain, *found.registers)
        self._pools = program.pools
        self._functions = len(program.functions)
        parts = instructions(method.code)
        points = sorted(
            (self._random.randrange(len(parts) + 1) for _ in range(self._random.randint(1, 6))), reverse=True
        )
        for point in points:
            if point < len(registers) and is_storable(registers[point]):
                parts[point:point] = self._move(registers[point], list(_places(_slots_at(program, parts, point))))
        methods = (*program.methods[:at], replace(method, code=flat(parts)), *program.methods[at + 1 :])
        return declared_right(replace(program, methods=methods, pools=self._pools))

    def _move(self, register: Type, places: list[_Found]) -> list[Instruction]:
        """Something that happens to containers, with the register on the stack meanwhile."""
        kind = self._random.choice(("give", "give", "copy", "copy", "copy", "delete", "append", "put", "trap", "exit"))
        # Most keys lead nowhere, and a step that traps at its first move tells little.
        sure = [each for each in places if not each[1].keys]
        target = self._random.choice(sure if self._random.random() < 0.6 else places)
        if kind == "give":
            fitting = [each for each in places if each[1].type is register]
            if not fitting:
                return []
            return [(Op.PUSH,), *self._written(Op.PUT, self._random.choice(fitting)), (Op.POP,)]
        if kind in ("trap", "exit"):
            return self._ended(places, kind)
        return [(Op.PUSH,), *self._changed(kind, target, places), (Op.POP,)]

    def _changed(self, kind: str, target: _Found, places: list[_Found]) -> list[Instruction]:
        """A change of a place, with a result of unit."""
        place, resolved = target
        if kind == "delete" and isinstance(resolved.container, List | Map) and resolved.keys:
            return [*self._keys(resolved, first=True), (Op.DELETE, self._pooled(Operand.PLACE, place))]
        type_: Type = resolved.type
        opcode = Op.PUT
        if kind == "append" and isinstance(type_, List):
            opcode, type_ = Op.APPEND, type_.element
        sources = [each for each in places if each[1].type is type_ and each[0] != place]
        sources = [each for each in sources if not each[1].keys] or sources
        value = self._read(self._random.choice(sources)) if sources and kind != "put" else [self._constant(type_)]
        return [*value, *self._written(opcode, target)]

    def _written(self, opcode: Op, target: _Found) -> list[Instruction]:
        """Write what is in the register to a place, or append it there."""
        place, resolved = target
        return [*self._keys(resolved, first=False), (opcode, self._pooled(Operand.PLACE, place))]

    def _read(self, source: _Found) -> list[Instruction]:
        place, resolved = source
        return [*self._keys(resolved, first=True), (Op.GET, self._pooled(Operand.PLACE, place))]

    def _keys(self, resolved: ResolvedPlace, *, first: bool) -> list[Instruction]:
        """Load the keys of a place; `first`: nothing that is in the register belongs below them."""
        loaded: list[Instruction] = []
        for number, key in enumerate(resolved.keys):
            if number > 0 or not first:
                loaded.append((Op.PUSH,))
            value = self._random.choice(_KEYS[key])
            loaded.append((Op.CONST, self._pooled(Operand.CONSTANT, ConstantValue(key, value))))
        return loaded

    def _constant(self, type_: Type) -> Instruction:
        value = ConstantValue(type_, samples.value(self._random, type_))
        return (Op.CONST, self._pooled(Operand.CONSTANT, value))

    def _ended(self, places: list[_Found], kind: str) -> list[Instruction]:
        """A trap, or a way out of a block, where two places hold the same or where they do not."""
        one = self._random.choice([each for each in places if not each[1].keys])
        other = self._random.choice([each for each in places if each[1].type is one[1].type and not each[1].keys])
        ending: list[Instruction] = [(Op.EXIT, self._random.randrange(2))]
        if kind == "trap":
            trap = (Op.TRAP, self._pooled(Operand.LABEL, _TRAP))
            ending = [(Op.CONST, self._pooled(Operand.CONSTANT, ConstantValue(STR, "moved"))), trap]
        branches: list[list[Instruction]] = [ending, []]
        self._random.shuffle(branches)
        asked = [(Op.PUSH,), *self._read(one), (Op.PUSH,), *self._read(other), (_EQUAL,)]
        return [*asked, (Op.IF,), *branches[0], (Op.ELSE,), *branches[1], (Op.END,)]


def _slots_at(program: Program, parts: Sequence[Instruction], point: int) -> list[Type]:
    """The types of the slots that code at a point sees: the state, then the locals of what is open there."""
    opened: list[list[Type]] = []
    for part in parts[:point]:
        if part[0] == Op.LOCALS:
            record = program.pools.types[part[1]]
            opened.append([type_ for _, type_ in record.fields] if isinstance(record, Record) else [])
        elif part[0] in _OPENERS:
            opened.append([])
        elif part[0] == Op.END and opened:
            opened.pop()
    return [program.state, *(type_ for types in opened for type_ in types)]


_OPENERS: Final = frozenset({Op.CASE, Op.IF, Op.BLOCK, Op.EACH, Op.MAP, Op.WHILE, Op.CURRY})


def _places(slots: Sequence[Type]) -> Iterator[_Found]:
    """All places within slots, but not below the third step."""
    for slot, type_ in enumerate(slots):
        pending: list[tuple[tuple[str | None, ...], Type]] = [((), type_)]
        while pending:
            steps, at = pending.pop()
            place = Place(slot, steps)
            resolved = resolve(place, slots)
            if isinstance(resolved, ResolvedPlace):
                yield place, resolved
            if len(steps) == _DEEPEST:
                continue
            if isinstance(at, Record):
                pending += [((*steps, label), field) for label, field in at.fields]
            elif isinstance(at, List):
                pending.append(((*steps, None), at.element))
            elif isinstance(at, Map) and at.key in _KEYS:
                pending.append(((*steps, None), at.value))
