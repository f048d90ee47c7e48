"""Operators that compute: on numbers, on bits, and on what can be joined or repeated. With Python's meaning.

The tables say which operation an operator is on which types; what is not in them is refused with what to write.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Constant, Fork, If, Primitive, Project, Term, compose, fork
from camshaft.language.body import Body, expression, lower
from camshaft.language.conditions import lower_test
from camshaft.language.counts import counted
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import (
    fits,
    fitted,
    operation,
)
from camshaft.language.literals import plain
from camshaft.language.lowered import Borrow, Lowered, capped
from camshaft.language.operations import Operand, operated, signed
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_INT,
    PY_STR,
    PyDict,
    PyFrozenSet,
    PyList,
    PySequence,
    PySet,
    PyTuple,
    PyType,
    PyUnion,
    is_mutable,
    shown,
)
from camshaft.language.statics import literal
from camshaft.language.unsupported import unsupported
from camshaft.values.types import BOOL

ARITHMETIC: Final[dict[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Div: "/",
}

# operator: (operation, whether its result is still to be checked for size, whether it cannot fail in Python)
_INTEGERS: Final[dict[type[ast.operator], tuple[str, bool, bool]]] = {
    ast.Add: ("add", True, True),
    ast.Sub: ("subtract", True, True),
    ast.Mult: ("multiply", False, True),
    ast.FloorDiv: ("floor_divide", True, False),
    ast.Mod: ("modulo", True, False),
    ast.BitAnd: ("bit_and", True, True),
    ast.BitOr: ("bit_or", True, True),
    ast.BitXor: ("bit_xor", True, True),
    ast.LShift: ("shift_left", False, False),
    ast.RShift: ("shift_right", True, False),
}

# On a pair of Bools that were both evaluated: unlike `and` and `or`, these operators have no short circuit.
_BOOLS: Final[dict[type[ast.operator], Term]] = {
    ast.BitAnd: If(Project("0"), Project("1"), Constant(BOOL, False)),
    ast.BitOr: If(Project("0"), Constant(BOOL, True), Project("1")),
    ast.BitXor: Primitive("not_equal"),
}


_OF_ONE_TYPE: Final = (PyList, PySequence, PyDict, PySet, PyFrozenSet)


@expression(ast.BinOp)
def binary(body: Body, node: ast.BinOp, expected: PyType | None) -> Lowered:
    """`a + b`"""
    _check_known(body, node.op, node)
    left = lower(body, node.left, expected if isinstance(expected, _OF_ONE_TYPE) else None)
    right = lower(body, node.right, left.type if isinstance(left.type, _OF_ONE_TYPE) else None)
    return combined(body, node.op, (left, node.left), (right, node.right), node)


def combined(body: Body, op: ast.operator, left: Operand, right: Operand, node: ast.AST) -> Lowered:
    """The result of an operator, also that of an augmented assignment. Raises Problem."""
    _check_known(body, op, node)
    left, right = (plain(left[0]), left[1]), (plain(right[0]), right[1])
    special = operated(body, op, left, right)
    if special is not None:
        return special
    types = (left[0].type, right[0].type)
    if types == (PY_INT, PY_INT):
        if isinstance(op, ast.Pow):
            return _power(body, left, right)
        if type(op) in _INTEGERS:
            primitive, wide, total = _INTEGERS[type(op)]
            return operation(body, PY_INT, Primitive(primitive), [left, right], wide=wide, total=total)
    if types == (PY_BOOL, PY_BOOL) and type(op) in _BOOLS:
        both = operation(body, PY_BOOL, Primitive("equal"), [left, right])
        pair = fork(left[0].at(body.level), right[0].at(body.level))
        return replace(both, term=compose(pair, _BOOLS[type(op)]))
    if isinstance(op, ast.Add):
        if isinstance(types[0], PyTuple) and isinstance(types[1], PySequence) and fits(*types):
            return _concatenation(body, (fitted(body, left[0], types[1], left[1]), left[1]), right)
        if isinstance(types[1], PyTuple) and isinstance(types[0], PySequence) and fits(types[1], types[0]):
            return _concatenation(body, left, (fitted(body, right[0], types[0], right[1]), right[1]))
        if types[0] == types[1] and (types[0] == PY_STR or isinstance(types[0], PyList | PySequence)):
            return _concatenation(body, left, right)
        if isinstance(types[0], PyTuple) and isinstance(types[1], PyTuple):
            return _joined_tuples(body, (left, types[0]), (right, types[1]))
    if isinstance(op, ast.Mult) and PY_INT in types:
        repeated = left if types[1] == PY_INT else right
        if repeated[0].type == PY_STR or _is_sequence(repeated[0].type):
            return _repetition(body, left, right)
    raise _no_operator(body, op, types, node)


def _check_known(body: Body, op: ast.operator, node: ast.AST) -> None:
    if type(op) not in ARITHMETIC:
        reason = unsupported(op)
        raise body.problem(Code.UNSUPPORTED, reason.message, node, reason.help)


def _power(body: Body, left: Operand, right: Operand) -> Lowered:
    base, exponent = capped(left[0]), capped(right[0])
    match right[1]:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            raise body.problem(
                Code.OPERATOR,
                "a negative exponent gives a float in Python, where other exponents give an `int`",
                right[1],
                "divide instead: `1 / base ** n`",
            )
        case ast.Constant():
            total = True
        case _:
            total = False
    return operation(body, PY_INT, Primitive("power"), [(base, left[1]), (exponent, right[1])], total=total)


# ---- sequences -------------------------------------------------------------------------------------------------------


def _is_sequence(type_: PyType) -> bool:
    """Whether it is a list, or a tuple of any length or of elements of one type."""
    if isinstance(type_, PyTuple):
        return bool(type_.elements) and fits(type_, PySequence(type_.elements[0]))
    return isinstance(type_, PyList | PySequence)


def _concatenation(body: Body, left: Operand, right: Operand) -> Lowered:
    type_ = left[0].type
    result = operation(body, type_, Primitive("concat"), [left, right])
    if isinstance(type_, PyList | PySequence) and is_mutable(type_.element):
        return replace(result, borrows=(*_held(left[0], type_.element), *_held(right[0], type_.element)))
    return result


def _held(value: Lowered, element: PyType) -> tuple[Borrow, ...]:
    """What a new sequence of a sequence's elements borrows."""
    return tuple(borrow.step(None, element).collected() for borrow in value.borrows)


def _joined_tuples(body: Body, left: tuple[Operand, PyTuple], right: tuple[Operand, PyTuple]) -> Lowered:
    (one, first), (other, second) = left, right
    both = operation(body, PyTuple((*first.elements, *second.elements)), Primitive("equal"), [one, other])
    parts = [
        compose(Project(side), Project(str(index)))
        for side, type_ in (("0", first), ("1", second))
        for index in range(len(type_.elements))
    ]
    pair = Fork((("0", one[0].at(body.level)), ("1", other[0].at(body.level))))
    held = tuple(borrow.held() for value in (one[0], other[0]) for borrow in value.borrows)
    return replace(both, term=compose(pair, fork(*parts)), borrows=held)


def _repetition(body: Body, left: Operand, right: Operand) -> Lowered:
    if left[0].type == PY_INT:
        # The operation takes the number last, Python evaluates it first.
        return body.bound(replace(left[0], stable=False), lambda count: _repeated(body, right, (count, left[1])))
    return _repeated(body, left, right)


def _repeated(body: Body, what: Operand, count: Operand) -> Lowered:
    if isinstance(what[0].type, PyTuple):
        what = (fitted(body, what[0], PySequence(what[0].type.elements[0]), what[1]), what[1])
    type_ = what[0].type
    if isinstance(type_, PyList | PySequence) and is_mutable(type_.element):
        raise body.problem(
            Code.ALIAS,
            f"this holds one `{shown(type_.element)}` several times: a change through one would show in all",
            what[1],
            "make each anew: `[… for _ in range(n)]`",
        )
    name = "str_repeat" if type_ == PY_STR else "list_repeat"
    return operation(body, type_, counted(Primitive(name), 1, count[1]), [what, count], total=False)


# ---- signs -----------------------------------------------------------------------------------------------------------


@expression(ast.UnaryOp)
def unary(body: Body, node: ast.UnaryOp, expected: PyType | None) -> Lowered:
    """`-a`, `+a`, `~a`, `not a`"""
    del expected
    if isinstance(node.op, ast.Not):
        return lower_test(body, node).value
    value = plain(lower(body, node.operand, PY_INT))
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)) if value.type != PY_BOOL:
            return literal(body, -number, value.type, node)
        case _:
            special = signed(body, node.op, (value, node.operand))
    if special is not None:
        return special
    if value.type != PY_INT:
        what = "`~`" if isinstance(node.op, ast.Invert) else "a sign"
        help_ = "for conditions write `not`" if isinstance(node.op, ast.Invert) else "a `bool` is not a number here"
        raise body.problem(Code.OPERATOR, f"{what} is not defined for `{shown(value.type)}`", node, help_)
    if isinstance(node.op, ast.UAdd):
        return value.as_value()
    name = "negate" if isinstance(node.op, ast.USub) else "bit_invert"
    return operation(body, PY_INT, Primitive(name), [(value, node.operand)], wide=True)


# ---- what there is not -----------------------------------------------------------------------------------------------


def _no_operator(body: Body, op: ast.operator, types: tuple[PyType, PyType], node: ast.AST) -> Problem:
    symbol = ARITHMETIC[type(op)]
    return body.problem(
        Code.OPERATOR,
        f"`{symbol}` is not defined between `{shown(types[0])}` and `{shown(types[1])}`",
        node,
        next((help_ for holds, help_ in _HINTS if holds(op, types)), "convert one side, or write the loop out"),
    )


_HINTS: Final[list[tuple[Callable[[ast.operator, tuple[PyType, PyType]], bool], str]]] = [
    (lambda op, _: isinstance(op, ast.Pow), "multiply: the last digits of a power of floats differ between platforms"),
    (lambda _, types: PY_BOOL in types, "a `bool` is not a number here: write `1 if … else 0`"),
    (
        lambda op, types: PY_STR in types and PY_INT in types and isinstance(op, ast.Add),
        "write `str(…)` around the number, or an f-string",
    ),
    (lambda op, types: PY_STR in types and isinstance(op, ast.Mod), "write an f-string"),
    (
        lambda _, types: any(isinstance(type_, PyUnion) for type_ in types),
        "find out which member it is first: `if x is not None:`, or `match x:`",
    ),
]
