"""Verified code: the same instructions with their operands resolved, which is what an execution runs.

Labels are positions here, structure is jumps, operations are the functions that they mean. Only the verifier makes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.effects import Effects
from camshaft.values.types import Type

# How the END of each construct is resolved; the first free numbers below the primitives.
END_EACH: Final = 40
END_MAP: Final = 41
END_LOCALS: Final = 42
PRIMITIVE_1: Final = 43
PRIMITIVE_2: Final = 44
PRIMITIVE_3: Final = 45
PRIMITIVE_SIZED: Final = 46
END_WHILE: Final = 47
END_CURRY: Final = 48
ASK: Final = 49


@dataclass(frozen=True, slots=True)
class Signature:
    """What a caller must know of a function."""

    domain: Type
    codomain: Type
    effects: Effects
    cost: int
    call_depth: int


@dataclass(frozen=True, slots=True)
class VerifiedCode:
    """Code that may run.

    `steps` are (resolved opcode, resolved argument), one for each instruction; `opcodes` are those of the instructions
    as they were written, `registers` the types of the register after each.
    """

    name: str
    """What the code is of: `method remove`, `function _total`, `the initial state`."""
    domain: Type
    codomain: Type
    effects: Effects
    cost: int
    """The fuel of its longest path, loops aside: each is charged when it begins."""
    call_depth: int
    steps: tuple[tuple[int, Any], ...]
    opcodes: tuple[int, ...]
    registers: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Jump:
    """Where EXIT goes, and what is left of the stack, the loops and the slots there."""

    target: int
    stack: int
    loops: int
    slots: int


@dataclass(frozen=True, slots=True)
class CurriedCode:
    """The code of a function that CURRY makes: steps from `start` on, up to the END at `end`, and what running it
    costs."""

    start: int
    end: int
    cost: int


@dataclass(frozen=True, slots=True)
class LocalSlots:
    """What LOCALS opens: the types of the slots and what they hold at first."""

    types: tuple[Type, ...]
    zeros: tuple[Any, ...]
