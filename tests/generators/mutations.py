"""Programs changed at random: what an author of hostile bytes might try, and what no compiler would ever write.

Most changes of code are aimed: they keep the nesting, take what fits the type of the register from another program, or
wrap code in constructs that leave everything as it was, so that many of the changed programs still verify. The others
are blind. After a change, what follows from the code of a method (kind, result, refusals) is sometimes set right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeAlias

import msgspec

from camshaft.bytecode.abstract_machine import Work
from camshaft.bytecode.code_verifier import CodeVerifier
from camshaft.bytecode.instructions import INSTRUCTIONS, OPENERS, Op, Operand
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.program import (
    Code,
    ConstantValue,
    Function,
    Method,
    MethodKind,
    Pools,
    Program,
)
from camshaft.bytecode.verified import Signature, VerifiedCode
from camshaft.bytecode.verifier import Verified
from camshaft.errors import Rejected
from camshaft.values.types import Type, is_storable
from generators import samples
from generators.shell_mutations import POOLED, has_domain, shell_changed

Instruction: TypeAlias = tuple[int, ...]
_OPCODES = tuple(INSTRUCTIONS)
_ALIKE: dict[tuple[Any, ...], list[int]] = {}
for _row in INSTRUCTIONS.values():
    _ALIKE.setdefault(_row.operands, []).append(_row.opcode)
for _primitive in PRIMITIVES.values():
    for _signature in _primitive.signatures:
        _ALIKE.setdefault((_signature.operands, _signature.result), []).append(_primitive.opcode)


def instructions(code: Code) -> list[Instruction]:
    """Code as a list of instructions, each with its operands."""
    found, at = [], 0
    while at < len(code):
        end = at + 1 + len(INSTRUCTIONS[code[at]].operands)
        found.append(code[at:end])
        at = end
    return found


def flat(parts: Iterable[Instruction]) -> Code:
    """Instructions as code."""
    return tuple(number for part in parts for number in part)


@dataclass(frozen=True)
class Body:
    """Code of a verified program: its instructions, and the type of the register before each and at the end."""

    parts: tuple[Instruction, ...]
    registers: tuple[Type, ...]
    pools: Pools


def bodies(verified: Verified) -> list[Body]:
    """All code of a program, to take pieces from."""
    program = verified.program
    codes = [(program.initial, verified.initial)]
    codes += [(function.code, code) for function, code in zip(program.functions, verified.functions, strict=True)]
    codes += [(each.method.code, each.code) for each in verified.methods.values()]
    return [Body(tuple(instructions(code)), (found.domain, *found.registers), program.pools) for code, found in codes]


def spans(parts: tuple[Instruction, ...] | list[Instruction]) -> list[tuple[int, int]]:
    """The constructs: where each opens, and where the one after its END is."""
    opened: list[int] = []
    found = []
    for at, part in enumerate(parts):
        if part[0] in OPENERS:
            opened.append(at)
        elif part[0] == Op.END and opened:
            found.append((opened.pop(), at + 1))
    return found


class Mutator:
    """Changes programs; `donors` is code to take pieces from."""

    def __init__(self, random: Random, donors: list[Body]) -> None:
        self._random = random
        self._donors = donors
        self._pools = Pools()
        self._functions = 0

    def mutated(self, verified: Verified) -> Program:
        """The program with one to four changes."""
        program = verified.program
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 4))):
            if self._random.random() < 0.8:
                program = self._with_code_changed(program)
            else:
                program = shell_changed(self._random, program)
        return program

    def broken(self, data: bytes) -> bytes:
        """The bytes of a program with a few of them changed, in the whole or within the core."""
        if self._random.random() < 0.5:
            return self._bytes(data)
        magic, version, core, notes = msgspec.msgpack.decode(data)
        return msgspec.msgpack.encode([magic, version, self._bytes(core), notes])

    def _bytes(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self._random.choice((1, 1, 2, 4))):
            at = self._random.randrange(len(changed)) if changed else 0
            match self._random.randrange(5):
                case 0 if changed:
                    changed[at] ^= 1 << self._random.randrange(8)
                case 1 if changed:
                    changed[at] = self._random.randrange(256)
                case 2:
                    changed[at:at] = bytes([self._random.randrange(256)])
                case 3:
                    del changed[at : at + self._random.randint(1, 4)]
                case _:
                    other = self._random.randrange(len(changed)) if changed else 0
                    changed[at:at] = changed[other : other + self._random.randint(1, 12)]
        return bytes(changed)

    # ---- code --------------------------------------------------------------------------------------------------------

    def _with_code_changed(self, program: Program) -> Program:
        owners: list[Function | Method | None] = [*program.functions, *program.methods, *program.methods, None]
        owner = self._random.choice(owners)
        self._pools = program.pools
        self._functions = len(program.functions)
        code = program.initial if owner is None else owner.code
        parts = instructions(code)
        self._random.choice(_CODE_CHANGES)(self, parts)
        changed = replace(program, pools=self._pools)
        if owner is None:
            return replace(changed, initial=flat(parts))
        if isinstance(owner, Function):
            functions = tuple(replace(each, code=flat(parts)) if each is owner else each for each in program.functions)
            return replace(changed, functions=functions)
        methods = tuple(replace(each, code=flat(parts)) if each is owner else each for each in program.methods)
        changed = replace(changed, methods=methods)
        return declared_right(changed) if self._random.random() < 0.9 else changed

    def _place_in(self, parts: list[Instruction]) -> int:
        return self._random.randint(0, len(parts))

    def _piece(self, parts: list[Instruction]) -> slice:
        """Some construct, or a few instructions."""
        found = spans(parts)
        if found and self._random.random() < 0.5:
            return slice(*self._random.choice(found))
        start = self._place_in(parts)
        return slice(start, min(len(parts), start + self._random.choice((0, 1, 1, 2, 3, 5))))

    def _delete(self, parts: list[Instruction]) -> None:
        del parts[self._piece(parts)]

    def _repeat(self, parts: list[Instruction]) -> None:
        at = self._place_in(parts)
        parts[at:at] = parts[self._piece(parts)]

    def _repeat_in_place(self, parts: list[Instruction]) -> None:
        piece = self._piece(parts)
        parts[piece.stop : piece.stop] = parts[piece]

    def _exchange(self, parts: list[Instruction]) -> None:
        if len(parts) > 1:
            left, right = self._random.randrange(len(parts)), self._random.randrange(len(parts))
            parts[left], parts[right] = parts[right], parts[left]

    def _insert(self, parts: list[Instruction]) -> None:
        parts.insert(self._place_in(parts), self._any_instruction(self._random.choice(_OPCODES)))

    def _replace(self, parts: list[Instruction]) -> None:
        if parts:
            at = self._random.randrange(len(parts))
            row = INSTRUCTIONS[parts[at][0]]
            kin = list(_ALIKE[row.operands])
            for primitive in PRIMITIVES.values():
                if primitive.opcode == row.opcode:
                    kin = [o for each in primitive.signatures for o in _ALIKE[each.operands, each.result]]
            parts[at] = (self._random.choice(kin), *parts[at][1:])

    def _operand_changed(self, parts: list[Instruction]) -> None:
        having = [at for at, part in enumerate(parts) if len(part) > 1]
        if having:
            at = self._random.choice(having)
            operands = list(parts[at][1:])
            which = self._random.randrange(len(operands))
            operands[which] = self._any_operand(INSTRUCTIONS[parts[at][0]].operands[which])
            parts[at] = (parts[at][0], *operands)

    def _any_instruction(self, opcode: int) -> Instruction:
        return (opcode, *(self._any_operand(kind) for kind in INSTRUCTIONS[opcode].operands))

    def _any_operand(self, kind: Operand) -> int:
        size = len(getattr(self._pools, POOLED[kind])) if kind in POOLED else 3
        if kind is Operand.FUNCTION:
            size = self._functions
        beyond = not size or self._random.random() < 0.1
        return self._random.randrange(size + beyond)

    def _wrap(self, parts: list[Instruction]) -> None:
        """Put constructs around a piece that most often leave its meaning alone."""
        piece = self._piece(parts)
        inner = parts[piece]
        constant = (Op.CONST, self._any_operand(Operand.CONSTANT))
        wrapped: list[Instruction]
        match self._random.randrange(9):
            case 0:
                wrapped = [(Op.BLOCK,), *inner, (Op.END,)]
            case 1:
                wrapped = [(Op.BLOCK,), *inner, (Op.EXIT, 0), (Op.END,)]
            case 2:
                wrapped = [(Op.PUSH,), constant, (Op.IF,), *inner, (Op.ELSE,), *inner, (Op.END,)]
            case 3:
                wrapped = [(Op.PUSH,), *inner, (Op.POP,)]
            case 4:
                wrapped = [(Op.PUSH,), *inner, (Op.SWAP,), (Op.POP,)]
            case 5:
                wrapped = [(Op.LOCALS, self._any_operand(Operand.TYPE)), *inner, (Op.END,)]
            case 6:
                wrapped = [(Op.PUSH,), (Op.WHILE,), constant, (Op.DO,), *inner, constant, (Op.END,), (Op.POP,)]
            case 7:
                function = self._any_operand(Operand.TYPE)
                wrapped = [(Op.PUSH,), (Op.CURRY, function), *inner, (Op.END,), (Op.SWAP,), (Op.APPLY,)]
            case _:
                wrapped = [(Op.PUSH,), constant, (Op.IF,), *inner, (Op.ELSE,), (Op.BLOCK,), (Op.END,), (Op.END,)]
        parts[piece] = wrapped

    def _write(self, parts: list[Instruction]) -> None:
        """Write somewhere, or take something away, and go on with the same register."""
        place = self._any_operand(Operand.PLACE)
        key = (Op.CONST, self._any_operand(Operand.CONSTANT))
        opcode = self._random.choice((Op.PUT, Op.DELETE, Op.APPEND, Op.GET))
        before: list[Instruction] = (
            [key] if self._random.random() < 0.5 else [(Op.GET, self._any_operand(Operand.PLACE))]
        )
        if self._random.random() < 0.5:
            before += [(Op.PUSH,), key]
        at = self._place_in(parts)
        parts[at:at] = [(Op.PUSH,), *before, (opcode, place), (Op.POP,)]

    def _splice(self, parts: list[Instruction]) -> None:
        """Take a piece from other code."""
        body = self._random.choice(self._donors)
        donated = list(body.parts)
        taken = donated[self._piece(donated)]
        at = self._place_in(parts)
        parts[at : at + self._random.choice((0, 0, 1, 2))] = [self._adopted(part, body.pools) for part in taken]

    def _splice_by_type(self, parts: list[Instruction]) -> None:
        """Put a piece of other code, from unit or a constant's type on, before what goes on with another register."""
        body = self._random.choice(self._donors)
        starts = [at for at, type_ in enumerate(body.registers) if is_storable(type_)]
        if not starts:
            return
        start = self._random.choice(starts)
        wanted = body.registers[start]
        constant = ConstantValue(wanted, samples.value(self._random, wanted))
        end = min(len(body.parts), start + self._random.choice((1, 2, 4, 8, 100)))
        taken = [self._adopted(part, body.pools) for part in body.parts[start:end]]
        at = self._place_in(parts)
        loaded = (Op.CONST, self._pooled(Operand.CONSTANT, constant))
        parts[at:at] = [(Op.PUSH,), loaded, *taken, self._random.choice(((Op.POP,), (Op.SWAP,)))]

    def _adopted(self, part: Instruction, pools: Pools) -> Instruction:
        """An instruction of another program, with its operands in these pools."""
        operands = []
        for kind, index in zip(INSTRUCTIONS[part[0]].operands, part[1:], strict=True):
            if kind in POOLED:
                operands.append(self._pooled(kind, getattr(pools, POOLED[kind])[index]))
            elif kind is Operand.FUNCTION:
                operands.append(self._any_operand(kind))
            else:
                operands.append(index)
        return (part[0], *operands)

    def _pooled(self, kind: Operand, item: Any) -> int:
        pool = getattr(self._pools, POOLED[kind])
        for index, known in enumerate(pool):
            if known is item or (known == item and kind is not Operand.CONSTANT):
                return index
        self._pools = replace(self._pools, **{POOLED[kind]: (*pool, item)})
        return len(pool)


_Change: TypeAlias = Callable[[Mutator, list[Instruction]], None]
_CODE_CHANGES: tuple[_Change, ...] = (
    Mutator._delete,
    Mutator._repeat,
    Mutator._repeat_in_place,
    Mutator._exchange,
    Mutator._insert,
    Mutator._replace,
    Mutator._replace,
    Mutator._operand_changed,
    Mutator._operand_changed,
    Mutator._wrap,
    Mutator._wrap,
    Mutator._wrap,
    Mutator._write,
    Mutator._write,
    Mutator._splice,
    Mutator._splice_by_type,
    Mutator._splice_by_type,
)


def declared_right(program: Program) -> Program:
    """The program with the heads of its methods as their code has it, where that code verifies at all."""
    signatures: list[Signature] = []
    try:
        for function in program.functions:
            found = _verified(program, function.code, function.domain, signatures)
            effects, cost, depth = found.effects, found.cost, found.call_depth
            signatures.append(Signature(function.domain, function.codomain, effects, cost, depth))
    except Rejected:
        return program
    methods = []
    for method in program.methods:
        if not has_domain(method):
            methods.append(method)
            continue
        try:
            found = _verified(program, method.code, method.domain, signatures)
        except Rejected:
            methods.append(method)
            continue
        kind = MethodKind.QUERY if found.effects.is_query else MethodKind.COMMAND
        result = found.codomain if is_storable(found.codomain) else method.result
        methods.append(replace(method, kind=kind, result=result, refusals=tuple(sorted(found.effects.refuses))))
    return replace(program, methods=tuple(methods))


def _verified(program: Program, code: Code, domain: Type, signatures: list[Signature]) -> VerifiedCode:
    return CodeVerifier("here", domain, (program.state,), program.pools, signatures, Work()).run(code)
