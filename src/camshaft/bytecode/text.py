"""Programs as text: what `camshaft dis` prints and `camshaft asm` reads back, to the same bytes.

    command incr() -> ()  ; fuel 8
        PUSH
        GET self.count
        …

Code is indented by its structure; operands are shown as what they refer to. What the verifier finds out (fuel, traps,
the program's id) stands in comments, and so do the lines of the author's file, where a new one begins. All other notes
are left out: they are not part of the program's id.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from camshaft.bytecode.abstract_machine import MAX_NESTING
from camshaft.bytecode.instructions import INSTRUCTIONS, OPENERS, Instruction, Op, Operand
from camshaft.bytecode.line_map import line_map
from camshaft.bytecode.pools import constant_key
from camshaft.bytecode.program import (
    FORMAT_VERSION,
    INITIAL_CODE,
    Code,
    ConstantValue,
    Method,
    Parameter,
    Place,
    Program,
    function_code,
    method_code,
)
from camshaft.bytecode.text_lexer import quoted, shown_label
from camshaft.bytecode.text_parser import RAW_CODE, assemble_text
from camshaft.bytecode.type_text import TypeTexts
from camshaft.bytecode.verified import VerifiedCode
from camshaft.bytecode.verifier import Verified, verify
from camshaft.errors import Rejected
from camshaft.values.types import BOOL, INT, STR, UNIT, Type
from camshaft.values.view import to_view

__all__ = ["assemble_text", "disassemble"]

_INDENT: Final = "    "
_LONG: Final = 60
"""An operand of more characters than this is declared in its pool, where code has it more than once."""
_OUTDENTED: Final = frozenset({Op.END, Op.ELSE, Op.ARM, Op.DO})


def disassemble(program: Program) -> str:
    """The text of a program, whether it verifies or not; `assemble_text` gives the same program without its notes."""
    return "\n".join(_Writer(program).lines()) + "\n"


class _Writer:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._lines = line_map(program)
        self._codes = [*(f.code for f in program.functions), *(m.code for m in program.methods), program.initial]
        self._types = TypeTexts(_written_types(program))
        pools = program.pools
        self._items: dict[Operand, tuple[Any, ...]] = {
            Operand.TYPE: pools.types,
            Operand.LABEL: pools.labels,
            Operand.SHAPE: pools.shapes,
            Operand.CONSTANT: pools.constants,
            Operand.PLACE: pools.places,
            Operand.REFUSAL: tuple(refusal.name for refusal in pools.refusals),
            Operand.FUNCTION: tuple(function.name for function in program.functions),
        }
        self._texts: dict[Operand, list[str]] = {}
        self._references: dict[Operand, list[str]] = {}
        self._declared = [kind for kind in self._items if self._needs_declaring(kind)]
        for kind in self._items:
            self._refer(kind)

    # ---- operands -----------------------------------------------------------------------------------------

    def _needs_declaring(self, kind: Operand) -> bool:
        """Whether a pool is not just what its operands make it, or has entries too long to be repeated."""
        items = self._items[kind]
        self._texts[kind] = [self._item(kind, item) for item in items]
        if kind in (Operand.REFUSAL, Operand.FUNCTION):
            return False  # they are declared anyway
        uses = dict.fromkeys(range(len(items)), 0)
        order: list[int] = []
        for code in self._codes:
            for row, operands in _instructions(code):
                for used, index in zip(row.operands, operands, strict=True) if row is not None else ():
                    if used is kind and index < len(items):
                        if uses[index] == 0:
                            order.append(index)
                        uses[index] += 1
        is_long = any(len(text) > _LONG and uses[index] > 1 for index, text in enumerate(self._texts[kind]))
        return is_long or order != list(range(len(items))) or len(self._first(kind)) != len(items)

    def _first(self, kind: Operand) -> dict[Any, int]:
        """The first index of each distinct entry, which is what an operand means."""
        first: dict[Any, int] = {}
        for index, item in enumerate(self._items[kind]):
            first.setdefault(constant_key(item) if kind is Operand.CONSTANT else item, index)
        return first

    def _refer(self, kind: Operand) -> None:
        means = set(self._first(kind).values())
        self._references[kind] = [
            f"#{index}" if index not in means or (kind in self._declared and len(text) > _LONG) else text
            for index, text in enumerate(self._texts[kind])
        ]

    def _item(self, kind: Operand, item: Any) -> str:
        match kind:
            case Operand.TYPE:
                return self._types.show(item)
            case Operand.SHAPE:
                return "{" + ", ".join(map(shown_label, item)) + "}"
            case Operand.CONSTANT:
                return self._constant(item)
            case Operand.PLACE:
                return shown_place(item)
            case _:
                return shown_label(item)

    def _constant(self, constant: ConstantValue) -> str:
        if constant.type is UNIT:
            return "()"
        view = to_view(constant.type, constant.value)
        shown = _view(view)
        return (
            shown
            if constant.type in (INT, BOOL, STR) or isinstance(view, float)
            else f"{shown}: {self._types.show(constant.type)}"
        )

    def _operand(self, kind: Operand, index: int) -> str:
        if kind in (Operand.COUNT, Operand.DEPTH):
            return str(index)
        references = self._references[kind]
        return references[index] if index < len(references) else f"#{index}"

    # ---- lines --------------------------------------------------------------------------------------------

    def lines(self) -> Iterator[str]:
        """The lines of the text."""
        program = self._program
        verified, reason = _verified(program)
        yield f"camshaft {FORMAT_VERSION}"
        if reason:
            yield f"; the verifier rejects it: {reason}"
        yield f"machine {shown_label(program.name)}" + (f"  ; id {verified.id}" if verified else "")
        if program.notes:
            if self._lines.file:
                yield f"; from {self._lines.file}"
            yield f"; not shown: its notes ({', '.join(map(shown_label, program.notes))[:200]})"
        for name, text in self._types.lets:
            yield f"let {name} = {text}"
        yield f"state {self._types.show(program.state)}"
        for refusal in program.pools.refusals:
            yield f"refusal {shown_label(refusal.name)} {self._types.show(refusal.payload)}"
        for name in program.invariants:
            yield f"invariant {shown_label(name)}"
        for name in program.hidden:
            yield f"hidden {shown_label(name)}"
        for kind in self._declared:
            for index, text in enumerate(self._texts[kind]):
                yield f"pool {kind.value} {text}  ; #{index}"
        yield ""
        yield "initial" + _remarks(verified.initial if verified else None)
        yield from self._code(INITIAL_CODE, program.initial)
        for index, function in enumerate(program.functions):
            signature = f"{self._types.show(function.domain)} -> {self._types.show(function.codomain)}"
            yield ""
            yield f"function {shown_label(function.name)}: {signature}" + _remarks(
                verified.functions[index] if verified else None
            )
            yield from self._code(function_code(function.name), function.code)
        for method in program.methods:
            yield ""
            yield self._method(method) + _remarks(verified.methods[method.name].code if verified else None)
            yield from self._code(method_code(method.name), method.code)

    def _method(self, method: Method) -> str:
        parameters = ", ".join(map(self._parameter, method.parameters))
        text = f"{method.kind.value} {shown_label(method.name)}({parameters}) -> {self._types.show(method.result)}"
        return text + (f" refuses {', '.join(map(shown_label, method.refusals))}" if method.refusals else "")

    def _parameter(self, parameter: Parameter) -> str:
        text = f"{shown_label(parameter.name)}: {self._types.show(parameter.type)}"
        default = parameter.default
        if default is None:
            return text
        return f"{text} = {'()' if default.type is UNIT else _view(to_view(default.type, default.value))}"

    def _code(self, name: str, code: Code) -> Iterator[str]:
        depth = 1
        before: int | None = None
        for index, (row, operands) in enumerate(_instructions(code)):
            line = self._lines.line_of(name, index)
            remark = "" if line is None or line == before else f"  ; line {line}"
            before = line
            if row is None:
                yield _INDENT * depth + " ".join([RAW_CODE, *map(str, operands)])
                continue
            # ARM, ELSE and DO stand at the level of what they divide, END at that of what it closes.
            level = max(depth - (row.opcode in _OUTDENTED), 1)
            texts = map(self._operand, row.operands, operands)
            yield _INDENT * level + " ".join([row.mnemonic, *texts]) + remark
            if row.opcode in OPENERS:
                depth = min(depth + 1, MAX_NESTING)  # deeper is rejected anyway: text stays linear in the code
            elif row.opcode == Op.END:
                depth = max(depth - 1, 1)


def _instructions(code: Code) -> Iterator[tuple[Instruction | None, Code]]:
    """The instructions of code with their operands; numbers that are none, without one."""
    position = 0
    while position < len(code):
        row = INSTRUCTIONS.get(code[position])
        end = position + 1 + (len(row.operands) if row is not None else 0)
        if row is None or end > len(code):
            yield None, code[position:end]
        else:
            yield row, code[position + 1 : end]
        position = end


def _written_types(program: Program) -> Iterator[Type]:
    """The types that a program's text has, each as often as it is written; those of pools count as repeated."""
    yield program.state
    for refusal in program.pools.refusals:
        yield refusal.payload
    for function in program.functions:
        yield from (function.domain, function.codomain)
    for method in program.methods:
        yield from (parameter.type for parameter in method.parameters)
        yield method.result
    for type_ in (*program.pools.types, *(constant.type for constant in program.pools.constants)):
        yield from (type_, type_)


def _verified(program: Program) -> tuple[Verified | None, str]:
    """The verified program, or why it is none, on one line."""
    try:
        return verify(program), ""
    except Rejected as error:
        return None, quoted(str(error))[1:-1]


def _remarks(code: VerifiedCode | None) -> str:
    if code is None:
        return ""
    traps = sorted(code.effects.traps)
    asks = ", asks the occasion" if code.effects.asks_occasion else ""
    return f"  ; fuel {code.cost}" + (f", traps {', '.join(traps)}" if traps else "") + asks


def _view(view: Any) -> str:
    """A JSON view as text of one line; it nests no deeper than types do."""
    match view:
        case str():
            return quoted(view)
        case list():
            return "[" + ", ".join(map(_view, view)) + "]"
        case dict():
            return "{" + ", ".join(f"{quoted(name)}: {_view(part)}" for name, part in view.items()) + "}"
        case None | bool():
            return {None: "null", True: "true", False: "false"}[view]
        case float():
            sign, digits, exponent = Decimal(repr(view)).normalize().as_tuple()
            return f"{'-' * sign}{''.join(map(str, digits))}e{exponent}"
        case _:
            return str(view)


def shown_place(place: Place) -> str:
    """A place as it is written: `self.stock[]`, or `local 1.lines[]` in the first local slot."""
    root = "self" if place.slot == 0 else f"local {place.slot}"
    return root + "".join("[]" if step is None else f".{shown_label(step)}" for step in place.steps)
