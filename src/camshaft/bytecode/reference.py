"""What `docs/bytecode.md` says about tables, written from the tables: `python -m camshaft.bytecode.reference FILE`.

The page is prose with generated parts between `<!-- generated: NAME -->` and `<!-- end -->`. This file writes the parts
anew and leaves the prose alone; a test checks that the page is current. Nothing that runs machines imports it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from camshaft.bytecode import abstract_machine, encoding, verifier
from camshaft.bytecode.instructions import INSTRUCTIONS, MNEMONICS, Op, Operand
from camshaft.bytecode.occasion import QUESTIONS
from camshaft.bytecode.primitives import PRIMITIVES
from camshaft.bytecode.type_table import KINDS
from camshaft.bytecode.worked_example import worked_example
from camshaft.errors import TRAPS
from camshaft.values import check, type_trees

CONDITIONS: Final[dict[Op, str]] = {
    Op.PUSH: f"the stack has fewer than {abstract_machine.MAX_STACK:,} values",
    Op.SWAP: "the innermost construct has a value on the stack",
    Op.POP: "the innermost construct has a value on the stack",
    Op.CONS: "at least one label, all distinct; as many operands",
    Op.UNPACK: "a tuple of exactly this many elements, at least two",
    Op.FIELD: "the record has the field",
    Op.ACC: f"each pair on the way has the fields 0 and 1; at most {abstract_machine.MAX_NESTING}",
    Op.CONST: "",
    Op.INJECT: "the type is a variant, and the case's payload is of exactly the register's type",
    Op.CASE: "a variant of at least one case; the first ARM follows at once",
    Op.ARM: "the label is the variant's next case; each path before it left the stack as it was",
    Op.IF: "",
    Op.ELSE: "once in each IF",
    Op.BLOCK: "the type after it is the join of its end and of all exits to it",
    Op.EXIT: "there are that many blocks around, within the same CURRY",
    Op.EACH: "the body ends with `()`, or never",
    Op.MAP: "the body ends with a storable type, or never; the list of a body that never ends is a list of Never",
    Op.LOCALS: f"a record type; at most {abstract_machine.MAX_SLOTS:,} slots; they are gone after END",
    Op.END: "the stack is as it was when the construct began; a CASE has all its arms, an IF its ELSE, a WHILE its DO",
    Op.DISTRIBUTE: "the field holds a variant",
    Op.GET: "the place exists; its keys are of its types, `Wide` where an index may be `Int`",
    Op.PUT: "as GET; the value is of exactly the place's type",
    Op.DELETE: "as GET; the place ends with a key or an index",
    Op.APPEND: "as GET; the place holds a list of exactly the value's type",
    Op.CALL: "the register is of the function's domain; the function stands before the caller",
    Op.REFUSE: "the register is of the payload's type",
    Op.TRAP: "a kind of the table below, OutOfFuel aside",
    Op.WHILE: "the body ends with `()`, or never",
    Op.DO: "once in each WHILE; nothing is left on the stack",
    Op.CURRY: "its code sees the state but no local slot, and no stack; the type of the function carries its effects",
    Op.APPLY: "the register is of the function's domain",
}
"""What the verifier asks of an instruction besides the types before it."""

SEED: Final = (
    ("ID", "", "no code: the identity is nothing to do"),
    ("FST", "FIELD", "`FIELD 0`; a pair is the tuple of two"),
    ("SND", "FIELD", "`FIELD 1`"),
    ("COPY", "PUSH CONS", "`PUSH CONS {0, 1}`: the register twice"),
    ("CONSUME", "CONST", "`CONST ()`"),
    ("FIRST", "FIELD CONS", "`PUSH FIELD 0 … SWAP FIELD 1 CONS {0, 1}`"),
    ("SECOND", "FIELD CONS", "`PUSH FIELD 0 SWAP FIELD 1 … CONS {0, 1}`"),
    ("CONS", "CONS", "n-ary and labelled: it makes any record"),
    ("SWAP", "SWAP", "of register and stack, as in the CAM"),
    ("QUOTE", "CONST", "from the pool of constants"),
    ("ADD", "ADD", "one of the primitive operations; its result is Wide until CAP has checked it"),
    ("APP", "APPLY", "the function on the stack, the argument in the register"),
    ("CURRY", "CURRY END", "its code stands in line, up to END"),
    ("INL", "INJECT", "of the first case; variants have any number of them, with labels"),
    ("INR", "INJECT", "of the other case"),
    ("BRANCH", "CASE ARM END", "an arm for each case, instead of two addresses; DISTRIBUTE keeps what is around"),
    ("RETURN", "END", "the end of an arm or of a function is its end: there is no code to jump back from"),
    ("PUSH", "PUSH", ""),
    ("ROT", "SWAP", "operands are in order where they are computed; ACC and the slots reach what lies deeper"),
    ("GET", "GET", "of the whole state, or of a place within it"),
    ("PUT", "PUT", "of the whole state, or of a place within it; DELETE and APPEND besides"),
)
"""The instructions of the seed, with those here that do the same."""


def instruction_rows() -> Iterator[tuple[str, ...]]:
    """The instructions that are neither primitive operations nor questions about the occasion."""
    yield ("opcode", "instruction", "before", "after", "cost", "meaning", "the verifier asks")
    for op in Op:
        row = INSTRUCTIONS[op]
        operands = " ".join(operand.value for operand in row.operands)
        yield (
            str(row.opcode),
            f"`{row.mnemonic}{' ' if operands else ''}{operands}`",
            row.before,
            row.after,
            str(row.cost),
            row.summary,
            CONDITIONS[op],
        )


def primitive_rows() -> Iterator[tuple[str, ...]]:
    """The primitive operations."""
    yield ("opcode", "instruction", "types", "traps", "cost", "charged by size", "meaning")
    for primitive in PRIMITIVES.values():
        yield (
            str(primitive.opcode),
            f"`{primitive.name.upper()}`",
            "; ".join(f"`{signature}`" for signature in primitive.signatures),
            ", ".join(sorted(primitive.traps)),
            str(primitive.cost),
            "" if primitive.charge is None else primitive.charge.words,
            primitive.summary,
        )


def question_rows() -> Iterator[tuple[str, ...]]:
    """The questions about the occasion."""
    yield ("opcode", "instruction", "types", "traps", "cost", "moves on in the draws", "meaning")
    for question in QUESTIONS.values():
        types_ = f"{', '.join(map(repr, question.operands))} -> {question.result!r}".strip()
        yield (
            str(question.opcode),
            f"`{question.name.upper()}`",
            f"`{types_}`",
            ", ".join(sorted(question.traps)),
            str(question.cost),
            "yes" if question.draws else "no",
            question.summary,
        )


def trap_rows() -> Iterator[tuple[str, ...]]:
    """The kinds of traps."""
    yield ("kind", "when", "code may raise it with TRAP")
    for kind, trap in TRAPS.items():
        yield (f"`{kind}`", str(trap.__doc__).rstrip("."), "no" if kind == "OutOfFuel" else "yes")


def seed_rows() -> Iterator[tuple[str, ...]]:
    """The seed's instructions and ours."""
    yield ("the seed's", "here", "")
    for seed, ours, remark in SEED:
        assert all(word in MNEMONICS for word in ours.split())
        yield (f"`{seed}`", " ".join(f"`{word}`" for word in ours.split()) or "—", remark)


def type_rows() -> Iterator[tuple[str, ...]]:
    """The rows of a table of types."""
    labelled = ", labels, indexes of their types"
    shapes = {
        3: labelled,
        4: labelled,
        5: ", index of the element",
        6: ", index of the key, index of the value",
        12: ", index of the member",
    }
    yield ("kind", "type", "row")
    for class_, kind in KINDS.items():
        yield (str(kind), class_.__name__.removesuffix("Type"), f"`[{kind}{shapes.get(kind, '')}]`")


def limit_rows() -> Iterator[tuple[str, ...]]:
    """The limits that the verifier and the decoder enforce."""
    yield ("what", "at most")
    limits = (
        ("bytes of a program", encoding.MAX_PROGRAM_BYTES),
        ("functions", verifier.MAX_FUNCTIONS),
        ("methods", verifier.MAX_METHODS),
        ("calls within calls", verifier.MAX_CALL_DEPTH),
        ("applications of functions within each other", verifier.MAX_APPLY_DEPTH),
        ("numbers of one piece of code", abstract_machine.MAX_CODE),
        ("constructs within constructs", abstract_machine.MAX_NESTING),
        ("loops and blocks within each other", abstract_machine.MAX_LOOP_NESTING),
        ("values on the stack", abstract_machine.MAX_STACK),
        ("slots", abstract_machine.MAX_SLOTS),
        ("work of checking one piece of code (fields taken apart, put together or zeroed)", abstract_machine.MAX_WORK),
        ("nodes of a type, written out as a tree", type_trees.MAX_TYPE_NODES),
        ("depth of a type", type_trees.MAX_TYPE_DEPTH),
        ("bits of an Int", check.MAX_INT_BITS),
        ("characters of a function's, a method's, a parameter's or a refusal's name", 100),
        ("characters of a machine's name", 64),
    )
    yield from ((what, f"{limit:,}") for what, limit in limits)


def operand_rows() -> Iterator[tuple[str, ...]]:
    """The kinds of operands."""
    meanings = {
        Operand.COUNT: ("a number", "`3`"),
        Operand.DEPTH: ("a number", "`0`"),
        Operand.TYPE: ("the pool of types", "`<None | int Int>`"),
        Operand.LABEL: ("the pool of labels", '`count`, `"a label"`'),
        Operand.SHAPE: ("the pool of shapes: the labels of a record", "`{sku, left}`"),
        Operand.CONSTANT: ("the pool of constants", '`1`, `"text"`, `()`, `[1, 2]: List[Int]`'),
        Operand.PLACE: ("the pool of places", "`self.stock[]`, `local 1`"),
        Operand.REFUSAL: ("the refusals", "`OutOfStock`"),
        Operand.FUNCTION: ("the functions", "`helper`"),
    }
    yield ("operand", "its number is", "in text")
    for operand in Operand:
        yield (operand.value, *meanings[operand])


def table(rows: Iterator[tuple[str, ...]]) -> str:
    """Rows as a Markdown table, the first one as its heading."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "| " + " | ".join(["---"] * (lines[0].count(" | ") + 1)) + " |")
    return "\n".join(lines)


PARTS: Final[dict[str, Callable[[], str]]] = {
    "instructions": lambda: table(instruction_rows()),
    "questions": lambda: table(question_rows()),
    "primitives": lambda: table(primitive_rows()),
    "operands": lambda: table(operand_rows()),
    "traps": lambda: table(trap_rows()),
    "types": lambda: table(type_rows()),
    "limits": lambda: table(limit_rows()),
    "seed": lambda: table(seed_rows()),
    "example": worked_example,
}
_PART: Final = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def regenerated(page: str) -> str:
    """The page with its generated parts written anew."""
    return _PART.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]()}\n\n{match[4]}", page)


def main(paths: list[str]) -> None:
    """Write the generated parts of these files anew."""
    for path in map(Path, paths):
        path.write_text(regenerated(path.read_text()))


if __name__ == "__main__":
    main(sys.argv[1:])
