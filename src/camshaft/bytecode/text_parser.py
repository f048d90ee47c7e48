"""The text form of programs to programs. `text` writes it; `docs/bytecode.md` has the grammar.

Operands are written as what they refer to: `FIELD count`, `CONST 1`, `GET self.stock[]`. They enter the pools in the
order of functions, methods and the initial state, each once; `pool` declares entries before that, and `#3` refers to
entry 3 of the pool, whether it exists or not: the verifier judges programs, not this file.

Rule: nothing here recurses deeper than types and values may nest, and every error says where it stands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from camshaft.bytecode.instructions import MNEMONICS, Operand
from camshaft.bytecode.pools import POOLED, new_pools
from camshaft.bytecode.program import (
    FORMAT_VERSION,
    ConstantValue,
    Function,
    Method,
    MethodKind,
    Parameter,
    Place,
    Pools,
    Program,
    Refusal,
)
from camshaft.bytecode.text_lexer import Lexer, Token, reject_at, rejection, shown_label
from camshaft.bytecode.type_text import TypeReader
from camshaft.errors import Rejected
from camshaft.values.check import MAX_INT_BITS
from camshaft.values.type_trees import MAX_TYPE_DEPTH, check_well_formed
from camshaft.values.types import (
    BOOL,
    FLOAT,
    INT,
    STR,
    UNIT,
    Record,
    Type,
)
from camshaft.values.view import from_view

RAW_CODE: Final = "CODE"
"""What numbers that are no instruction are written after."""
# 4,096 bits have 1,233 digits; CPython itself refuses to read more than 4,300.
_MAX_DIGITS: Final = 1_300
_MAX_VIEW_DEPTH: Final = 2 * MAX_TYPE_DEPTH + 2
_ITEMS: Final = "`machine`, `state`, `let`, `refusal`, `invariant`, `pool`, `initial`, `function`, `command` or `query`"


@dataclass(frozen=True, slots=True)
class _Reference:
    """An operand that waits for its index: pools are filled in the order of the program, not of the text."""

    kind: Operand
    item: Any
    token: Token


_Code: TypeAlias = list["int | _Reference"]


def assemble_text(text: str) -> Program:
    """The program that a text is of, without notes. It is not verified yet.

    Raises:
        Rejected: line, column, what was expected there, and what was found.
    """
    return _Parser(text).program()


class _Parser:
    def __init__(self, text: str) -> None:
        self._lexer = Lexer(text)
        self._types = TypeReader(self._lexer)
        self._pools = new_pools()
        self._once: dict[str, Any] = {}
        self._refusals: list[Refusal] = []
        self._invariants: list[str] = []
        self._hidden: list[str] = []
        self._functions: list[tuple[str, Type, Type, _Code]] = []
        self._methods: list[tuple[Method, _Code]] = []

    def program(self) -> Program:
        lexer = self._lexer
        lexer.expect("camshaft", " and the format version, which every program's text begins with")
        token = lexer.token
        if lexer.number("the format version") != FORMAT_VERSION:
            reject_at(token, f"this Camshaft reads format version {FORMAT_VERSION}")
        while lexer.token.kind != "end":
            self._item()
        for needed in ("machine", "state", "initial"):
            if needed not in self._once:
                lexer.fail(f"`{needed}`, which every program has")
        return self._resolved()

    def _item(self) -> None:
        token = self._lexer.token
        match token.text if token.kind == "word" else "":
            case "let":
                self._lexer.advance()
                self._types.let()
            case "refusal":
                self._lexer.advance()
                self._refusal()
            case "invariant":
                self._lexer.advance()
                self._invariants.append(self._lexer.label("an invariant's name"))
            case "hidden":
                self._lexer.advance()
                self._hidden.append(self._lexer.label("a hidden method's name"))
            case "pool":
                self._lexer.advance()
                self._pool()
            case "function":
                self._lexer.advance()
                self._function()
            case "command" | "query":
                self._lexer.advance()
                self._method(MethodKind(token.text))
            case "machine" | "state" | "initial":
                if token.text in self._once:
                    reject_at(token, f"there is a `{token.text}` already")
                self._lexer.advance()
                self._once[token.text] = self._only(token.text)
            case _:
                code = "an instruction, " if self._once or self._methods or self._functions else ""
                self._lexer.fail(f"{code}{_ITEMS}")

    def _only(self, what: str) -> Any:
        if what == "machine":
            return self._lexer.label("a machine's name")
        return self._types.read() if what == "state" else self._code()

    def _refusal(self) -> None:
        name = self._lexer.label("a refusal's name")
        token = self._lexer.token
        payload = self._types.read()
        if not isinstance(payload, Record):
            reject_at(token, "the payload of a refusal is a record")
        self._refusals.append(Refusal(name, payload))

    def _pool(self) -> None:
        token = self._lexer.token
        for kind in POOLED:
            if self._lexer.take(kind.value):
                self._pools[kind].declare(self._operand(kind))
                return
        reject_at(token, f"expected a pool: {', '.join(kind.value for kind in POOLED)}")

    def _function(self) -> None:
        lexer = self._lexer
        name = lexer.label("a function's name")
        lexer.expect(":", " and the types from and to which it goes")
        domain = self._types.read()
        lexer.expect("->", " and the type of the result")
        self._functions.append((name, domain, self._types.read(), self._code()))

    def _method(self, kind: MethodKind) -> None:
        lexer = self._lexer
        name = lexer.label("a method's name")
        lexer.expect("(", " and the method's parameters")
        parameters: list[Parameter] = []
        while not lexer.take(")"):
            if parameters:
                lexer.expect(",", " or `)`")
            parameters.append(self._parameter())
        lexer.expect("->", " and the type of the result")
        result = self._types.read()
        refusals: list[str] = []
        if lexer.take("refuses"):
            refusals.append(lexer.label("a refusal's name"))
            while lexer.take(","):
                refusals.append(lexer.label("a refusal's name"))
        method = Method(name, kind, tuple(parameters), result, tuple(refusals), ())
        self._methods.append((method, self._code()))

    def _parameter(self) -> Parameter:
        name = self._lexer.label("a parameter's name, or `)`")
        self._lexer.expect(":", " and the parameter's type")
        type_ = self._types.read()
        return Parameter(name, type_, self._value(type_) if self._lexer.take("=") else None)

    # ---- code ---------------------------------------------------------------------------------------------

    def _code(self) -> _Code:
        lexer = self._lexer
        code: _Code = []
        while lexer.token.kind == "word":
            row = MNEMONICS.get(lexer.token.text)
            if row is not None:
                lexer.advance()
                code.append(row.opcode)
                code.extend(self._reference(kind) for kind in row.operands)
            elif lexer.take(RAW_CODE):
                code.append(lexer.number("a number of code"))
                while lexer.token.kind == "number":
                    code.append(lexer.number("a number of code"))
            elif lexer.token.text.isupper():
                lexer.fail("an instruction, which this is not")
            else:
                break
        return code

    def _reference(self, kind: Operand) -> int | _Reference:
        lexer = self._lexer
        if kind in (Operand.COUNT, Operand.DEPTH):
            return lexer.number(f"a {kind.value}")
        if lexer.take("#"):
            return lexer.number(f"the index of a {kind.value}")
        token = lexer.token
        return _Reference(kind, self._operand(kind), token)

    def _operand(self, kind: Operand) -> Any:
        match kind:
            case Operand.TYPE:
                return self._types.read()
            case Operand.SHAPE:
                return self._shape()
            case Operand.CONSTANT:
                return self._constant()
            case Operand.PLACE:
                return self._place()
            case _:
                return self._lexer.label(f"a {'name' if kind is not Operand.LABEL else 'label'}, or `#` and its index")

    def _shape(self) -> tuple[str, ...]:
        lexer = self._lexer
        lexer.expect("{", " and the labels of a record")
        labels: list[str] = []
        while not lexer.take("}"):
            if labels:
                lexer.expect(",", " or `}`")
            labels.append(lexer.label("a label"))
        return tuple(labels)

    def _place(self) -> Place:
        lexer = self._lexer
        token = lexer.token
        slot = 0
        if lexer.take("local"):
            slot = lexer.number("the number of a local slot")
        elif not lexer.take("self"):
            reject_at(token, "expected a place: `self` or `local 1`, then fields as `.count` and keys as `[]`")
        steps: list[str | None] = []
        while True:
            if lexer.take("."):
                steps.append(lexer.label("a field"))
            elif lexer.take("["):
                lexer.expect("]", ": keys are operands")
                steps.append(None)
            else:
                return Place(slot, tuple(steps))

    # ---- values -------------------------------------------------------------------------------------------

    def _constant(self) -> ConstantValue:
        lexer, token = self._lexer, self._lexer.token
        if lexer.take("("):
            lexer.expect(")")
            return ConstantValue(UNIT, ())
        view = self._view(1)
        if lexer.take(":"):
            return self._typed(self._types.read(), view, token)
        for python_type, type_ in ((bool, BOOL), (int, INT), (float, FLOAT), (str, STR)):
            if type(view) is python_type:
                return self._typed(type_, view, token)
        lexer.fail("`:` and the type of the value")

    def _value(self, type_: Type) -> ConstantValue:
        lexer, token = self._lexer, self._lexer.token
        if lexer.take("("):
            lexer.expect(")")
            return self._typed(type_, None, token)
        return self._typed(type_, self._view(1), token)

    def _typed(self, type_: Type, view: Any, token: Token) -> ConstantValue:
        check_well_formed(type_, lambda reason: rejection(token, reason))
        try:
            return ConstantValue(type_, from_view(type_, view))
        except Rejected as error:
            raise rejection(token, f"the value is not one of its type: {error}") from None

    def _view(self, depth: int) -> Any:
        """A JSON view, as `values/view.py` has them."""
        lexer, token = self._lexer, self._lexer.token
        if depth > _MAX_VIEW_DEPTH:
            reject_at(token, "a value nests deeper than any type")
        if token.kind == "string":
            return lexer.advance().text
        if token.kind == "number":
            if len(token.text) > _MAX_DIGITS:
                reject_at(token, f"an integer of {len(token.text)} digits is too large; at most {MAX_INT_BITS} bits")
            return int(lexer.advance().text)
        if token.kind == "decimal":
            return self._decimal()
        if lexer.next_is("null", "true", "false"):
            return {"null": None, "true": True, "false": False}[lexer.advance().text]
        if lexer.take("["):
            return self._array(depth + 1)
        if lexer.take("{"):
            return self._object(depth + 1)
        lexer.fail(
            "a value as JSON: an integer or one with an exponent, a text in quotes, true, false, null, […] or {…}"
        )

    def _decimal(self) -> float:
        """A float, written without a point: a point leads on to a field of a place."""
        token = self._lexer.token
        if len(token.text) > _MAX_DIGITS:
            reject_at(token, f"a number of {len(token.text)} digits is more exact than any Float")
        value = float(token.text)
        if math.isinf(value):
            reject_at(token, 'a number beyond the largest Float; the infinities are written "inf" and "-inf"')
        self._lexer.advance()
        return value

    def _array(self, depth: int) -> list[Any]:
        parts: list[Any] = []
        while not self._lexer.take("]"):
            if parts:
                self._lexer.expect(",", " or `]`")
            parts.append(self._view(depth))
        return parts

    def _object(self, depth: int) -> dict[str, Any]:
        lexer = self._lexer
        members: dict[str, Any] = {}
        while not lexer.take("}"):
            if members:
                lexer.expect(",", " or `}`")
            token = lexer.token
            if token.kind != "string":
                lexer.fail("a member's name, in quotes")
            lexer.advance()
            if token.text in members:
                reject_at(token, f"the member {shown_label(token.text)} is there twice")
            lexer.expect(":")
            members[token.text] = self._view(depth)
        return members

    # ---- indexes ------------------------------------------------------------------------------------------

    def _resolved(self) -> Program:
        names: dict[Operand, dict[str, int]] = {Operand.FUNCTION: {}, Operand.REFUSAL: {}}
        for index, (name, *_) in enumerate(self._functions):
            names[Operand.FUNCTION].setdefault(name, index)
        for index, refusal in enumerate(self._refusals):
            names[Operand.REFUSAL].setdefault(refusal.name, index)

        def number(part: int | _Reference) -> int:
            if isinstance(part, int):
                return part
            if part.kind not in names:
                return self._pools[part.kind].index(part.item)
            index = names[part.kind].get(part.item)
            if index is None:
                reject_at(part.token, f"there is no {part.kind.value} {shown_label(part.item)}")
            return index

        def numbers(code: _Code) -> tuple[int, ...]:
            return tuple(map(number, code))

        functions = tuple(
            Function(name, domain, codomain, numbers(code)) for name, domain, codomain, code in self._functions
        )
        methods = tuple(
            Method(each.name, each.kind, each.parameters, each.result, each.refusals, numbers(code))
            for each, code in self._methods
        )
        initial = numbers(self._once["initial"])
        pools = Pools(
            types=tuple(self._pools[Operand.TYPE].items),
            labels=tuple(self._pools[Operand.LABEL].items),
            shapes=tuple(self._pools[Operand.SHAPE].items),
            constants=tuple(self._pools[Operand.CONSTANT].items),
            places=tuple(self._pools[Operand.PLACE].items),
            refusals=tuple(self._refusals),
        )
        invariants, hidden = tuple(self._invariants), tuple(self._hidden)
        state = self._once["state"]
        return Program(self._once["machine"], state, initial, functions, methods, pools, {}, invariants, hidden)
