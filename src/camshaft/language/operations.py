"""What operators do on floats, times, spans of time, bytes and sets: one table, by the operator and both types.

Rule: where an operand is converted, it is after both were evaluated, so that the first failure is Python's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from camshaft.category.terms import Constant, Fork, If, Primitive, Project, Term, compose, fork
from camshaft.language.body import Body
from camshaft.language.counts import counted
from camshaft.language.fitting import operation
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_BYTES,
    PY_DURATION,
    PY_FLOAT,
    PY_INT,
    PY_TIME,
    PyDict,
    PyFrozenSet,
    PySet,
    PyType,
    is_mutable,
)
from camshaft.values.types import BOOL

Operand: TypeAlias = tuple[Lowered, ast.expr]

_PAIR: Final = Fork((("0", Project("0")), ("1", Project("1"))))
_SWAPPED: Final = Fork((("0", Project("1")), ("1", Project("0"))))


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operator does on two types: a term from the pair of operands to the result, and whether that is total."""

    result: PyType
    term: Term
    total: bool = False


Key: TypeAlias = tuple[type[ast.AST], PyType, PyType]


def _converted(left: PyType, right: PyType) -> Term:
    """A pair of numbers -> the pair of them as floats, the left one first as in Python."""
    sides = []
    for label, type_ in (("0", left), ("1", right)):
        side: Term = Project(label)
        sides.append((label, compose(side, Primitive("int_to_float")) if type_ == PY_INT else side))
    return Fork(tuple(sides))


_FLOATS: Final[dict[type[ast.operator], tuple[str, bool]]] = {
    # In Python, where NaN is a value, the first three cannot fail.
    ast.Add: ("float_add", False),
    ast.Sub: ("float_subtract", False),
    ast.Mult: ("float_multiply", False),
    ast.Div: ("float_divide", False),
    ast.FloorDiv: ("float_floor_divide", False),
    ast.Mod: ("float_modulo", False),
}


def _numbers() -> Iterator[tuple[Key, Operation]]:
    for op, (name, total) in _FLOATS.items():
        for left, right in ((PY_FLOAT, PY_FLOAT), (PY_FLOAT, PY_INT), (PY_INT, PY_FLOAT)):
            term = compose(_converted(left, right), Primitive(name))
            yield (op, left, right), Operation(PY_FLOAT, term, total)
    yield (ast.Div, PY_INT, PY_INT), Operation(PY_FLOAT, Primitive("true_divide"))


# The ratio of two spans is that of their microseconds, as Python has it.
_RATIO: Final = compose(
    fork(
        compose(Project("0"), Primitive("duration_microseconds")),
        compose(Project("1"), Primitive("duration_microseconds")),
    ),
    Primitive("true_divide"),
)

_TABLE: Final[dict[Key, Operation]] = {
    **dict(_numbers()),
    (ast.Add, PY_TIME, PY_DURATION): Operation(PY_TIME, Primitive("time_add")),
    (ast.Add, PY_DURATION, PY_TIME): Operation(PY_TIME, compose(_SWAPPED, Primitive("time_add"))),
    (ast.Sub, PY_TIME, PY_DURATION): Operation(PY_TIME, Primitive("time_subtract")),
    (ast.Sub, PY_TIME, PY_TIME): Operation(PY_DURATION, Primitive("time_between"), total=True),
    (ast.Add, PY_DURATION, PY_DURATION): Operation(PY_DURATION, Primitive("duration_add")),
    (ast.Sub, PY_DURATION, PY_DURATION): Operation(PY_DURATION, Primitive("duration_subtract")),
    (ast.Mult, PY_DURATION, PY_INT): Operation(PY_DURATION, Primitive("duration_multiply")),
    (ast.Mult, PY_INT, PY_DURATION): Operation(PY_DURATION, compose(_SWAPPED, Primitive("duration_multiply"))),
    (ast.FloorDiv, PY_DURATION, PY_DURATION): Operation(PY_INT, Primitive("duration_floor_divide")),
    (ast.FloorDiv, PY_DURATION, PY_INT): Operation(PY_DURATION, Primitive("duration_split")),
    (ast.Mod, PY_DURATION, PY_DURATION): Operation(PY_DURATION, Primitive("duration_modulo")),
    (ast.Div, PY_DURATION, PY_DURATION): Operation(PY_FLOAT, _RATIO),
    (ast.Add, PY_BYTES, PY_BYTES): Operation(PY_BYTES, Primitive("concat"), total=True),
    (ast.Mult, PY_BYTES, PY_INT): Operation(PY_BYTES, Primitive("bytes_repeat")),
    (ast.Mult, PY_INT, PY_BYTES): Operation(PY_BYTES, compose(_SWAPPED, Primitive("bytes_repeat"))),
}

_SETS: Final[dict[type[ast.AST], str]] = {
    ast.BitOr: "set_union",
    ast.BitAnd: "set_intersection",
    ast.Sub: "set_difference",
    ast.BitXor: "set_symmetric_difference",
}

_SUBSET: Final = Primitive("set_is_subset")
_PROPER: Final = If(compose(_PAIR, _SUBSET), compose(_PAIR, Primitive("not_equal")), Constant(BOOL, False))

_SET_COMPARISONS: Final[dict[type[ast.AST], Term]] = {
    ast.LtE: _SUBSET,
    ast.GtE: compose(_SWAPPED, _SUBSET),
    ast.Lt: _PROPER,
    ast.Gt: compose(_SWAPPED, _PROPER),
    ast.Eq: Primitive("equal"),
    ast.NotEq: Primitive("not_equal"),
}


def operated(body: Body, op: ast.operator, left: Operand, right: Operand) -> Lowered | None:
    """The result of an operator on types of this table, None where it is not in it. Raises Problem."""
    types = (left[0].type, right[0].type)
    found = _TABLE.get((type(op), *types))
    if found is None and type(op) in _SETS and is_pair_of_sets(*types):
        # Of a `set` and a `frozenset` Python makes what the left one is.
        found = Operation(types[0], Primitive(_SETS[type(op)]), total=True)
    if found is None and isinstance(op, ast.BitOr) and isinstance(types[0], PyDict) and types[0] == types[1]:
        return _merged(body, types[0], left, right)
    if found is None:
        return None
    term = found.term
    if isinstance(op, ast.Mult) and PY_BYTES in types:
        position = types.index(PY_INT)
        term = counted(term, position, (left, right)[position][1])
    return operation(body, found.result, term, [left, right], total=found.total)


def _merged(body: Body, type_: PyDict, left: Operand, right: Operand) -> Lowered:
    """`d | e`: the entries of both, those of the second in place of those of the first with the same key."""
    entries = fork(compose(Project("0"), Primitive("items")), compose(Project("1"), Primitive("items")))
    term = compose(entries, Primitive("concat"), Primitive("map_of"))
    merged = operation(body, type_, term, [left, right])
    held = [borrow.step(None, type_.value).held() for value in (left[0], right[0]) for borrow in value.borrows]
    return replace(merged, borrows=tuple(held) if is_mutable(type_.value) else ())


def compared_sets(body: Body, op: ast.cmpop, left: Operand, right: Operand) -> Lowered | None:
    """The comparison of two sets, None where they are none. Raises Problem."""
    if not is_pair_of_sets(left[0].type, right[0].type):
        return None
    return operation(body, PY_BOOL, _SET_COMPARISONS[type(op)], [left, right])


def is_pair_of_sets(left: PyType, right: PyType) -> bool:
    """Whether both are sets of the same members, frozen or not: the same values."""
    kinds = PySet | PyFrozenSet
    return isinstance(left, kinds) and isinstance(right, kinds) and left.element == right.element


_SIGNS: Final[dict[tuple[type[ast.AST], PyType], tuple[str, bool]]] = {
    (ast.USub, PY_FLOAT): ("float_negate", True),
    (ast.USub, PY_DURATION): ("duration_negate", False),
}


def signed(body: Body, op: ast.unaryop, value: Operand) -> Lowered | None:
    """`-x` and `+x` of what is no integer, None where there is none. Raises Problem."""
    type_ = value[0].type
    if isinstance(op, ast.UAdd) and type_ in (PY_FLOAT, PY_DURATION):
        return value[0].as_value()
    found = _SIGNS.get((type(op), type_))
    if found is None:
        return None
    return operation(body, type_, Primitive(found[0]), [value], total=found[1])
