"""The instruction table: one row for each instruction, which everything else reads.

The machine is the Categorical Abstract Machine (Cousineau, Curien, Mauny 1985), n-ary where that is the natural
generalisation: a register, a stack, and the slots of the state. Code is structured: CASE, IF, BLOCK, EACH, MAP,
WHILE, CURRY and LOCALS are closed by END, so that checking it takes one pass.

An operation of several operands takes the last one from the register and the others from the stack, the first deepest.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final

from camshaft.bytecode.occasion import QUESTIONS
from camshaft.bytecode.primitives import PRIMITIVES


class Operand(Enum):
    """What an operand of an instruction indexes."""

    COUNT = "count"
    TYPE = "type"
    LABEL = "label"
    SHAPE = "shape"
    CONSTANT = "constant"
    PLACE = "place"
    REFUSAL = "refusal"
    FUNCTION = "function"
    DEPTH = "depth"


class Op(IntEnum):
    """The opcodes of the instructions that are neither primitive operations nor questions about the occasion."""

    PUSH = 1
    SWAP = 2
    POP = 3
    CONS = 4
    UNPACK = 5
    FIELD = 6
    ACC = 7
    CONST = 8
    INJECT = 9
    CASE = 10
    ARM = 11
    IF = 12
    ELSE = 13
    BLOCK = 14
    EXIT = 15
    EACH = 16
    MAP = 17
    LOCALS = 18
    END = 19
    DISTRIBUTE = 20
    GET = 21
    PUT = 22
    DELETE = 23
    APPEND = 24
    CALL = 25
    REFUSE = 26
    TRAP = 27
    WHILE = 28
    DO = 29
    CURRY = 30
    APPLY = 31


@dataclass(frozen=True, slots=True)
class Instruction:
    """A row: `r` is the register, `s` the stack with its top to the right, `·` what is below."""

    opcode: int
    mnemonic: str
    operands: tuple[Operand, ...]
    before: str
    after: str
    summary: str
    cost: int = 1
    """Units of fuel, charged before the code that holds it runs; what depends on sizes comes on top."""


def _row(op: Op, operands: tuple[Operand, ...], before: str, after: str, summary: str, cost: int = 1) -> Instruction:
    return Instruction(op, op.name, operands, before, after, summary, cost)


_STRUCTURAL: Final = (
    _row(Op.PUSH, (), "r=a", "r=a, s=· a", "keep a copy of the register on the stack"),
    _row(Op.SWAP, (), "r=b, s=· a", "r=a, s=· b", "exchange the register and the top of the stack"),
    _row(Op.POP, (), "r=b, s=· a", "r=a, s=·", "drop the register for the top of the stack"),
    _row(
        Op.CONS,
        (Operand.SHAPE,),
        "r=z, s=· a …",
        "r={label: a, …, label: z}, s=·",
        "make a record of the given labels; its last field comes from the register",
    ),
    _row(Op.UNPACK, (Operand.COUNT,), "r=(a, …, z)", "r=z, s=· a …", "spread a tuple of this many elements"),
    _row(Op.FIELD, (Operand.LABEL,), "r={…, label: a, …}", "r=a", "take a field of a record"),
    _row(
        Op.ACC,
        (Operand.COUNT,),
        "r=((env, a), …)",
        "r=a",
        "reach a variable of an environment of nested pairs: so many times first, then second",
    ),
    _row(Op.CONST, (Operand.CONSTANT,), "r=any", "r=constant", "load a constant"),
    _row(Op.INJECT, (Operand.TYPE, Operand.LABEL), "r=a", "r=label a", "make a case of the given variant type"),
    _row(Op.CASE, (), "r=label a", "r=a", "go to the arm of the variant's case, its payload in the register"),
    _row(Op.ARM, (Operand.LABEL,), "", "", "begin the next arm of the CASE; arms stand in the order of the cases", 0),
    _row(Op.IF, (), "r=Bool, s=· a", "r=a, s=·", "go on for true, to the ELSE for false"),
    _row(Op.ELSE, (), "", "r=a", "begin the other branch, with what IF took from the stack", 0),
    _row(Op.BLOCK, (), "r=a", "r=a", "open a block that EXIT can leave", 0),
    _row(Op.EXIT, (Operand.DEPTH,), "r=b", "Never", "leave the n-th enclosing BLOCK (0: the innermost), register kept"),
    _row(
        Op.EACH,
        (),
        "r=(env, List)",
        "r=()",
        "run the code up to END for each element a on r=(env, a); it must end with r=()",
    ),
    _row(
        Op.MAP,
        (),
        "r=(env, List)",
        "r=List",
        "run the code up to END for each element a on r=(env, a); the list of what it ends with. Of a map: for each "
        "entry on r=(env, (key, value)), the map of the same keys",
    ),
    _row(Op.LOCALS, (Operand.TYPE,), "", "", "open one slot for each field of a record type, holding its zero"),
    _row(Op.END, (), "", "", "close the innermost construct", 0),
    _row(
        Op.DISTRIBUTE,
        (Operand.LABEL,),
        "r={…, label: (case p), …}",
        "r=case {…, label: p, …}",
        "turn a record with a variant in a field into a variant of records",
    ),
    _row(Op.GET, (Operand.PLACE,), "keys of the place", "r=value", "read what is at a place"),
    _row(
        Op.PUT, (Operand.PLACE,), "value, keys of the place", "r=()", "write at a place; a map's last key may be new", 2
    ),
    _row(Op.DELETE, (Operand.PLACE,), "keys of the place", "r=()", "take an entry or an element away", 2),
    _row(Op.APPEND, (Operand.PLACE,), "value, keys of the place", "r=()", "add to the end of the list at a place", 2),
    _row(Op.CALL, (Operand.FUNCTION,), "r=a", "r=b", "run a function, one that stands before the caller", 2),
    _row(Op.REFUSE, (Operand.REFUSAL,), "r=payload", "Never", "end the step with a refusal"),
    _row(Op.TRAP, (Operand.LABEL,), "r=Str", "Never", "end the step with a trap of this kind"),
    _row(Op.WHILE, (), "r=a", "r=()", "repeat: the code up to DO on a, and while it gives true, that up to END on a"),
    _row(Op.DO, (), "r=Bool", "r=a", "end the condition of a WHILE", 0),
    _row(
        Op.CURRY,
        (Operand.TYPE,),
        "r=a",
        "r=(b => c)",
        "make a function of the code up to END, which runs on (a, b) when it is applied to a b of the given type",
    ),
    _row(Op.APPLY, (), "r=b, s=· (b => c)", "r=c, s=·", "apply a function: its cost is charged now"),
)

INSTRUCTIONS: Final[dict[int, Instruction]] = {
    **{row.opcode: row for row in _STRUCTURAL},
    **{
        question.opcode: Instruction(
            question.opcode,
            question.name.upper(),
            (),
            ", ".join(map(repr, question.operands)),
            repr(question.result),
            question.summary,
            question.cost,
        )
        for question in QUESTIONS.values()
    },
    **{
        primitive.opcode: Instruction(
            primitive.opcode,
            primitive.name.upper(),
            (),
            ", ".join(str(pattern) for pattern in primitive.signatures[0].operands),
            str(primitive.signatures[0].result),
            primitive.summary,
            primitive.cost,
        )
        for primitive in PRIMITIVES.values()
    },
}
"""Every instruction by its opcode."""

MNEMONICS: Final = {row.mnemonic: row for row in INSTRUCTIONS.values()}

# Control instructions that open what END closes.
OPENERS: Final = frozenset({Op.CASE, Op.IF, Op.BLOCK, Op.EACH, Op.MAP, Op.LOCALS, Op.WHILE, Op.CURRY})
