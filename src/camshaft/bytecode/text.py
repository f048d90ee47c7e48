"""Programs as text, for people: what `camshaft dis` prints.

    method incr() -> ()                    command, fuel 8
        PUSH
        GET self.count
        …

Code is indented by its structure; operands are shown as what they refer to.
"""

from __future__ import annotations

from collections.abc import Iterator

from camshaft.bytecode.instructions import INSTRUCTIONS, OPENERS, Instruction, Op, Operand
from camshaft.bytecode.program import Code, Parameter, Place, Program
from camshaft.bytecode.verifier import Verified, verify
from camshaft.values.types import UNIT
from camshaft.values.view import to_json

_INDENT = "    "


def disassemble(program: Program) -> str:
    """The text of a program.

    Raises:
        Rejected: the program does not verify, so that its text would be misleading.
    """
    verified = verify(program)
    return "\n".join(_lines(verified)) + "\n"


def _lines(verified: Verified) -> Iterator[str]:
    program = verified.program
    yield f"machine {program.name}"
    yield f"id {verified.id}"
    if program.origin:
        yield f"origin {program.origin}"
    yield f"state {program.state!r}"
    for refusal in program.pools.refusals:
        yield f"refusal {refusal.name} {refusal.payload!r}"
    yield ""
    yield _header("initial", f"() -> {program.state!r}", f"fuel {verified.initial.cost}")
    yield from _code(program, program.initial)
    for function, code in zip(program.functions, verified.functions, strict=True):
        yield ""
        signature = f"{function.name}{function.domain!r} -> {function.codomain!r}"
        yield _header("function", signature, f"fuel {code.cost}")
        yield from _code(program, function.code)
    for verified_method in verified.methods.values():
        method = verified_method.method
        parameters = ", ".join(_parameter(parameter) for parameter in method.parameters)
        remarks = [method.kind.value, f"fuel {verified_method.code.cost}"]
        if method.refusals:
            remarks.append(f"refuses {', '.join(method.refusals)}")
        if verified_method.code.effects.traps:
            remarks.append(f"traps {', '.join(sorted(verified_method.code.effects.traps))}")
        yield ""
        yield _header("method", f"{method.name}({parameters}) -> {method.result!r}", ", ".join(remarks))
        yield from _code(program, method.code)


def _header(kind: str, signature: str, remarks: str) -> str:
    return f"{kind} {signature}".ljust(60) + f"  ; {remarks}"


def _parameter(parameter: Parameter) -> str:
    default = parameter.default
    shown = "" if default is None else f" = {to_json(default.type, default.value)}"
    return f"{parameter.name}: {parameter.type!r}{shown}"


def _code(program: Program, code: Code) -> Iterator[str]:
    depth, position = 1, 0
    while position < len(code):
        row = INSTRUCTIONS[code[position]]
        operands = code[position + 1 : position + 1 + len(row.operands)]
        position += 1 + len(row.operands)
        # ARM and ELSE stand at the level of what they divide, END at that of what it closes.
        outdent = row.opcode in (Op.END, Op.ELSE, Op.ARM)
        yield _INDENT * (depth - outdent) + " ".join([row.mnemonic, *_operands(program, row, operands)])
        if row.opcode in OPENERS:
            depth += 1
        elif row.opcode == Op.END:
            depth -= 1


def _operands(program: Program, row: Instruction, operands: Code) -> Iterator[str]:
    pools = program.pools
    for kind, index in zip(row.operands, operands, strict=True):
        match kind:
            case Operand.COUNT | Operand.DEPTH:
                yield str(index)
            case Operand.TYPE:
                yield repr(pools.types[index])
            case Operand.LABEL:
                yield pools.labels[index]
            case Operand.SHAPE:
                yield "{" + ", ".join(pools.shapes[index]) + "}"
            case Operand.CONSTANT:
                constant = pools.constants[index]
                yield "()" if constant.type is UNIT else to_json(constant.type, constant.value)
            case Operand.PLACE:
                yield show_place(pools.places[index])
            case Operand.REFUSAL:
                yield pools.refusals[index].name
            case Operand.FUNCTION:
                yield program.functions[index].name


def show_place(place: Place) -> str:
    """A place as people read it: `self.stock[…]`, or `local 1.lines[…]` for the first local slot."""
    root = "self" if place.slot == 0 else f"local {place.slot}"
    return root + "".join("[…]" if step is None else f".{step}" for step in place.steps)
