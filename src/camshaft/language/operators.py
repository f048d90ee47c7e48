"""Comparison, membership, and conditions as values, with Python's meaning on these types."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Case, Constant, Identity, If, Primitive, compose
from camshaft.language.aliases import is_own
from camshaft.language.arithmetic import ARITHMETIC
from camshaft.language.body import Body, expression, lower
from camshaft.language.conditions import all_of_them, branch, lower_test, truth
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import fits, fitted, joined, narrowing, operation
from camshaft.language.iteration import view
from camshaft.language.key_forms import frozen
from camshaft.language.literals import plain
from camshaft.language.lowered import Lowered
from camshaft.language.operations import compared_sets
from camshaft.language.ordered import comparable
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_BYTES,
    PY_FLOAT,
    PY_INT,
    PY_NONE,
    PY_STR,
    PyBytes,
    PyClass,
    PyDict,
    PyEnum,
    PyFrozenSet,
    PyList,
    PySequence,
    PySet,
    PyTuple,
    PyType,
    is_optional,
    members,
    shown,
    tag,
)
from camshaft.language.ranges import is_range, is_within
from camshaft.language.unions import union_of
from camshaft.values.types import BOOL

_COMPARISONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
}

SYMBOLS: Final[dict[type[ast.AST], str]] = {
    **ARITHMETIC,
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


# ---- comparison ------------------------------------------------------------------------------------------------------


@expression(ast.Compare)
def compare(body: Body, node: ast.Compare, expected: PyType | None) -> Lowered:
    """`a < b`, `a in b`, `a < b <= c`: each operand is evaluated once, and none after a comparison that fails."""
    del expected
    if len(node.ops) == 1:
        tested = lower_test(body, node) if _asks_for_none(node) else None
        if tested is not None:
            return tested.value
        left = lower(body, node.left)
        return _compared(body, (left, node.left), node.ops[0], node.comparators[0], _last)
    return _chain(body, (lower(body, node.left), node.left), node.ops, node.comparators)


def _asks_for_none(node: ast.Compare) -> bool:
    none = any(isinstance(one, ast.Constant) and one.value is None for one in (node.left, node.comparators[0]))
    return none and isinstance(node.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq)


def _chain(body: Body, left: tuple[Lowered, ast.expr], ops: list[ast.cmpop], comparators: list[ast.expr]) -> Lowered:
    def continued(value: Lowered, right: Lowered) -> Lowered:
        if len(ops) == 1:
            return value
        following = _chain(body, (right, comparators[0]), ops[1:], comparators[1:])
        return Lowered(
            PY_BOOL,
            If(value.at(body.level), following.at(body.level), Constant(BOOL, False)),
            body.level,
            calm=value.calm and following.calm,
            stable=value.stable and following.stable,
            writes=value.writes | following.writes,
        )

    return _compared(body, left, ops[0], comparators[0], continued)


Then = Callable[[Lowered, Lowered], Lowered]


def _compared(body: Body, left: tuple[Lowered, ast.expr], op: ast.cmpop, right_node: ast.expr, then: Then) -> Lowered:
    """Compare, and go on with the result and with the right operand, which is evaluated once."""
    match op:
        case ast.In() | ast.NotIn():
            return _membership(body, left, isinstance(op, ast.NotIn), right_node, then)
        case ast.Is() | ast.IsNot() if isinstance(left[0].type, PyEnum):
            # The members of an enum are one object each, so that identity is equality.
            op = ast.Eq() if isinstance(op, ast.Is) else ast.NotEq()
        case ast.Is() | ast.IsNot():
            raise body.problem(
                Code.OPERATOR, "`is` compares identity, which values do not have", left[1], "write `==`, or `is None`"
            )
        case _:
            pass
    # The left operand is bound first where the right one is used again, so that both stay in Python's order.
    if then is _last:
        right = lower(body, right_node, left[0].type)
        return _comparison(body, op, left, (right, right_node))

    def with_left(bound_left: Lowered) -> Lowered:
        right = lower(body, right_node, left[0].type)

        def with_right(bound_right: Lowered) -> Lowered:
            compared = _comparison(body, op, (bound_left, left[1]), (bound_right, right_node))
            return then(compared, bound_right)

        return body.bound(right, with_right)

    return body.bound(left[0], with_left)


def _last(value: Lowered, right: Lowered) -> Lowered:
    del right
    return value


def _comparison(body: Body, op: ast.cmpop, left: tuple[Lowered, ast.expr], right: tuple[Lowered, ast.expr]) -> Lowered:
    one, other = left[0], right[0]
    primitive = Primitive(_COMPARISONS[type(op)])
    sets = compared_sets(body, op, left, right)
    if sets is not None:
        return sets
    if {one.type, other.type} == {PY_INT, PY_FLOAT}:
        return operation(body, PY_BOOL, primitive, [left, right])
    if isinstance(op, ast.Eq | ast.NotEq):
        if one.type != other.type:
            if fits(other.type, one.type):
                other = fitted(body, other, one.type, right[1])
            elif fits(one.type, other.type):
                one = fitted(body, one, other.type, left[1])
            else:
                raise _incomparable(body, op, left, right)
        return operation(body, PY_BOOL, primitive, [(one, left[1]), (other, right[1])])
    one, other = plain(one), plain(other)
    order = comparable(one.type)
    if one.type != other.type or one.type == PY_BOOL or order is None:
        raise _incomparable(body, op, left, right)
    if order != Identity():
        # What a dataclass compares by can be compared, whatever its own type is called.
        one, other = (replace(side.as_value(), term=compose(side.term, order)) for side in (one, other))
    return operation(body, PY_BOOL, primitive, [(one, left[1]), (other, right[1])])


def _incomparable(
    body: Body, op: ast.cmpop, left: tuple[Lowered, ast.expr], right: tuple[Lowered, ast.expr]
) -> Problem:
    one, other = shown(left[0].type), shown(right[0].type)
    if isinstance(op, ast.Eq | ast.NotEq):
        message = f"`{one}` and `{other}` are never equal: they are different types"
        help_ = "compare values of one type"
        if {left[0].type, right[0].type} == {PY_INT, PY_BOOL}:
            message, help_ = "a `bool` is not a number here", "compare with `True` or `False`, or use the `bool` itself"
    else:
        message = f"`{SYMBOLS[type(op)]}` is not defined between `{one}` and `{other}`"
        help_ = "numbers, texts, and tuples and lists of those have an order; compare a field of theirs"
        if isinstance(left[0].type, PyClass) and left[0].type == right[0].type:
            help_ = "compare a field of theirs, or write `@dataclass(order=True)`: then they compare as tuples of all"
        if is_optional(left[0].type) or is_optional(right[0].type):
            help_ = "test for None first: `x is not None and …`"
    return body.problem(Code.OPERATOR, message, right[1], help_)


def _membership(
    body: Body, left: tuple[Lowered, ast.expr], negative: bool, right_node: ast.expr, then: Then
) -> Lowered:
    """`a in b`: Python evaluates `a` first, the operation takes it last."""

    if then is _last and is_range(body, right_node):
        found = body.bound(left[0], lambda item: is_within(body, (item, left[1]), right_node))
        return replace(found, term=compose(found.term, Primitive("not"))) if negative else found

    def with_item(item: Lowered) -> Lowered:
        container = _container(body, right_node, PyList(item.type))
        return (
            body.bound(container, lambda held: with_both(item, held))
            if then is not _last
            else with_both(item, container)
        )

    def with_both(item: Lowered, container: Lowered) -> Lowered:
        found = _contains(body, (item, left[1]), (container, right_node))
        if negative:
            found = replace(found, term=compose(found.term, Primitive("not")))
        return then(found, container)

    return with_item(left[0]) if left[0].calm else body.bound(left[0], with_item)


def _container(body: Body, node: ast.expr, expected: PyType) -> Lowered:
    """What is looked into, which may be a view of a dict. Raises Problem."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="keys"), args=[], keywords=[]) if not is_own(body, owner):
            base = lower(body, owner)
            if isinstance(base.type, PyDict):
                return base
        case _:
            pass
    shown_by = view(body, node)
    if shown_by is None or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return lower(body, node, expected)
    return shown_by.value


def _contains(body: Body, item: tuple[Lowered, ast.expr], container: tuple[Lowered, ast.expr]) -> Lowered:
    container = (plain(container[0]), container[1])
    type_ = container[0].type
    there = _if_there(body, item, container)
    if there is not None:
        return there
    match type_:
        case PyDict():
            value = frozen(fitted(body, item[0], type_.key, item[1], "a key of this dict"))
            return operation(body, PY_BOOL, Primitive("map_contains"), [container, (value, item[1])])
        case PySet() | PyFrozenSet():
            value = frozen(fitted(body, item[0], type_.element, item[1], "a member of this set"))
            return operation(body, PY_BOOL, Primitive("set_contains"), [container, (value, item[1])])
        case PyBytes():
            value = fitted(body, item[0], PY_BYTES, item[1], "a part of bytes")
            return operation(body, PY_BOOL, Primitive("bytes_contains"), [container, (value, item[1])])
        case PyList() | PySequence():
            kind = "list" if isinstance(type_, PyList) else "tuple"
            value = fitted(body, item[0], type_.element, item[1], f"an element of this {kind}")
            return operation(body, PY_BOOL, Primitive("list_contains"), [container, (value, item[1])])
        case PyTuple() if type_.elements and all(one == type_.elements[0] for one in type_.elements):
            value = fitted(body, item[0], type_.elements[0], item[1], "an element of this tuple")
            listed = replace(
                container[0].as_value(),
                type=PySequence(type_.elements[0]),
                term=compose(container[0].term, Primitive("collect")),
            )
            return operation(body, PY_BOOL, Primitive("list_contains"), [(listed, container[1]), (value, item[1])])
        case _ if type_ == PY_STR:
            value = fitted(body, item[0], PY_STR, item[1], "a part of a text")
            return operation(body, PY_BOOL, Primitive("str_contains"), [container, (value, item[1])])
        case _:
            raise body.problem(
                Code.OPERATOR,
                f"`in` is not defined for `{shown(type_)}`",
                container[1],
                "it looks into a list, a dict, a text, or a tuple of one type",
            )


def _if_there(body: Body, item: tuple[Lowered, ast.expr], container: tuple[Lowered, ast.expr]) -> Lowered | None:
    """`maybe in xs`, where no element is None: whether it is there and one of them; None where that is not asked."""
    match container[0].type:
        case PyDict(key=element) | PySet(element=element) | PyFrozenSet(element=element):
            pass
        case PyList(element=element) | PySequence(element=element) | PyTuple(elements=(element, *_)):
            pass
        case _:
            return None
    known = members(item[0].type)
    rest = union_of(member for member in known if member != PY_NONE)
    if not is_optional(item[0].type) or PY_NONE in members(element) or not fits(rest, element):
        return None

    def asked(value: Lowered, held: Lowered) -> Lowered:
        inner = replace(value.as_value(), type=rest, term=compose(value.term, narrowing(value.type, rest)))
        found = _contains(body, (inner, item[1]), (held, container[1]))
        absent = Case(tuple((tag(member), Constant(BOOL, member == PY_NONE)) for member in known))
        term = If(compose(value.at(body.level), absent), Constant(BOOL, False), found.at(body.level))
        return replace(found, term=term, level=body.level, writes=value.writes | held.writes)

    # Both are evaluated whatever they are, and each once.
    return body.bound(item[0], lambda value: body.bound(container[0], lambda held: asked(value, held)))


# ---- conditions as values --------------------------------------------------------------------------------------------


@expression(ast.BoolOp)
def all_or_any(body: Body, node: ast.BoolOp, expected: PyType | None) -> Lowered:
    """`a and b`, `a or b`, which in Python give one of their operands."""
    whole = node.values[0]
    if isinstance(whole, ast.BoolOp):
        # `a and b or c`: where the one within gives a value of its own, that is what is asked.
        part: ast.expr = whole
        while isinstance(part, ast.BoolOp):
            part = part.values[0]
        if body.within(body.flow.copy(), lambda: lower(body, part, expected)).type != PY_BOOL:
            return _one_of(body, lower(body, whole, expected), node.values, node.op, expected)
    first = lower_test(body, node.values[0], expected)
    if first.operand.type == PY_BOOL:
        return all_of_them(body, first, node.values[1:], isinstance(node.op, ast.And), values=True).value
    return _one_of(body, first.operand, node.values, node.op, expected)


def _one_of(body: Body, first: Lowered, nodes: list[ast.expr], op: ast.boolop, expected: PyType | None) -> Lowered:
    if len(nodes) == 1:
        return first

    def chosen(value: Lowered) -> Lowered:
        next_ = lower(body, nodes[1], expected or value.type)
        following = _one_of(body, next_, nodes[1:], op, expected)
        left = _where_true(value) if isinstance(op, ast.Or) else value
        type_ = joined(body, [left.type, following.type], nodes[0])
        kept = fitted(body, left, type_, nodes[0])
        other = fitted(body, following, type_, nodes[1])
        condition = truth(value).at(body.level)
        then, otherwise = (other, kept) if isinstance(op, ast.And) else (kept, other)
        return Lowered(
            type_,
            If(condition, then.at(body.level), otherwise.at(body.level)),
            body.level,
            calm=kept.calm and other.calm,
            borrows=tuple(borrow.held() for one in (kept, other) for borrow in one.borrows),
            writes=kept.writes | other.writes,
        )

    return body.bound(first, chosen)


def _where_true(value: Lowered) -> Lowered:
    """A value that counts as true: it is not None."""
    if not is_optional(value.type):
        return value
    rest = union_of(member for member in members(value.type) if member != PY_NONE)
    return replace(value.as_value(), type=rest, term=compose(value.term, narrowing(value.type, rest)))


@expression(ast.IfExp)
def conditional(body: Body, node: ast.IfExp, expected: PyType | None) -> Lowered:
    """`a if condition else b`"""
    tested = lower_test(body, node.test)
    branches = branch(
        body, tested, lambda: lower(body, node.body, expected), lambda: lower(body, node.orelse, expected)
    )
    sides = (node.body, node.orelse)
    type_ = joined(body, [value.type for value in branches.results], node)
    values = [fitted(body, value, type_, one) for value, one in zip(branches.results, sides, strict=True)]
    return Lowered(
        type_,
        branches.term([value.at(level) for value, level in zip(values, branches.levels, strict=True)]),
        body.level,
        calm=tested.value.calm and all(value.calm for value in values),
        borrows=tuple(borrow.held() for value in values for borrow in value.borrows),
        writes=tested.value.writes.union(*(value.writes for value in values)),
    )
