"""How the constructs of verified code nest: where each ends, and what each EXIT leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from camshaft.bytecode.effects import STATE_SLOT
from camshaft.bytecode.instructions import OPENERS, Op
from camshaft.bytecode.verified import VerifiedCode
from camshaft.values.types import INT

_LOOPS: Final = frozenset({Op.EACH, Op.MAP, Op.WHILE})


def matching_ends(code: VerifiedCode) -> dict[int, list[int]]:
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


def exits(code: VerifiedCode, ends: dict[int, list[int]]) -> dict[int, Exit]:
    """What each EXIT leaves, by its position."""
    found: dict[int, Exit] = {}
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
            found[at] = Exit(blocks[depth], depth, loop)
    return found


def sets_an_integer_in_a_loop(code: VerifiedCode) -> bool:
    """Whether a loop sets a local integer: only then is there one of which nothing but its history tells its size."""
    open_: list[bool] = []
    for opcode, (_, argument) in zip(code.opcodes, code.steps, strict=True):
        if opcode in OPENERS:
            open_.append(opcode in _LOOPS)
        elif opcode == Op.END:
            open_.pop()
        elif opcode == Op.PUT and argument.slot != STATE_SLOT and argument.type is INT and any(open_):
            return True
    return False
