"""Slices: `xs[a:b:c]` of lists, tuples and texts.

Python evaluates the container, then the bounds from left to right. A bound that is left out is an end of the
container: which one depends on the sign of the step.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Constant, Fork, If, Primitive, Project, Term, compose
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, fitted, operation
from camshaft.language.keyed import keyed, told_by
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import (
    PY_BYTES,
    PY_INT,
    PY_STR,
    PyList,
    PySequence,
    PyTuple,
    PyType,
    is_mutable,
    is_optional,
    shown,
)
from camshaft.language.union_fields import tested_first
from camshaft.values.types import INT

END: Final = 2**62
"""Beyond the end of every container; its negative, beyond the beginning of one that is read backwards."""


def sliced(body: Body, base: Lowered, node: ast.Subscript, bounds: ast.Slice) -> Lowered:
    """A new list, tuple or text of a part of the elements. Raises Problem."""
    type_ = base.type
    if isinstance(type_, PyTuple):
        return _of_tuple(body, base, type_, bounds)
    name = _operation(type_)
    if name is None:
        help_ = tested_first(base, node.value) if is_optional(type_) else ""
        raise body.problem(
            Code.OPERATOR, f"`{shown(type_)}` has no slices", node, help_ or "lists, tuples and texts have them"
        )
    result = _read(body, (replace(base.as_value(), borrows=base.borrows), node.value), bounds, name)
    if isinstance(type_, PyList | PySequence) and is_mutable(type_.element):
        element = type_.element
        result = replace(result, borrows=tuple(borrow.step(None, element).collected() for borrow in base.borrows))
        found = keyed(body, base)
        if found is not None:
            finding = _read(body, (found.value, node.value), bounds, name)
            result = told_by(result, found.rearranged(finding.at(body.level)))
    return result


def _operation(type_: PyType) -> str | None:
    match type_:
        case PyList() | PySequence():
            return "list_slice"
        case _ if type_ == PY_STR:
            return "str_slice"
        case _ if type_ == PY_BYTES:
            return "bytes_slice"
        case _:
            return None


def bound(body: Body, node: ast.expr | None) -> Lowered | None:
    """A bound of a slice, None where it is left out. Not checked for size: one that is too large is an end. Raises
    Problem."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return None
    value = lower(body, node, PY_INT)
    if value.type != PY_INT:
        fitted(body, value, PY_INT, node, "a bound of a slice")
    if value.writes:
        raise body.problem(
            Code.ORDER,
            "a bound of a slice must not change the state",
            node,
            "compute it on a line of its own, before",
        )
    return value


def _read(body: Body, base: tuple[Lowered, ast.expr], bounds: ast.Slice, name: str) -> Lowered:
    nodes = (bounds.lower, bounds.upper, bounds.step)
    start, stop, step = (bound(body, node) for node in nodes)
    given = [value for value in (start, stop, step) if value is not None]
    sign = 1 if step is None else _sign(bounds.step)
    if sign is None and step is not None and (start is None or stop is None):
        # Where the sign is not known here, the step decides which end a missing bound is.
        def chosen(values: Sequence[Lowered]) -> Lowered:
            three = bounds_in_full(body, (start, stop, step), values[1:], bounds)
            return _operated(body, values[0], three, name, base[1], total=False)

        return _all_bound(body, [base[0], *given], chosen)
    three = bounds_in_full(body, (start, stop, step), given, bounds)
    return _operated(body, base[0], three, name, base[1], total=sign in (1, -1))


def bounds_in_full(
    body: Body, written: tuple[Lowered | None, ...], values: Sequence[Lowered], bounds: ast.Slice
) -> list[Lowered]:
    """Start, stop and step: those that are written, which are these values, and the ends in place of the others."""
    left = list(values)
    start, stop, step = (left.pop(0) if one is not None else None for one in written)
    if step is None or _sign(bounds.step) is not None:
        backward = step is not None and _sign(bounds.step) == -1
        ends = [constant(PY_INT, end, body.level) for end in ((END, -END) if backward else (0, END))]
    else:
        ends = [_end(body, step, forward, backward) for forward, backward in ((0, END), (END, -END))]
    return [start or ends[0], stop or ends[1], step or constant(PY_INT, 1, body.level)]


def is_step_one(step: ast.expr | None) -> bool:
    """Whether a step is 1 as it is written: then it is as if it were left out."""
    return step is None or (isinstance(step, ast.Constant) and step.value in (None, 1))


def _sign(step: ast.expr | None) -> int | None:
    """The sign of a step that is written out, None where it is not."""
    match step:
        case None | ast.Constant(value=None):
            return 1
        case ast.Constant(value=int(value)):
            return (value > 0) - (value < 0)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))):
            return (value < 0) - (value > 0)
        case _:
            return None


def _end(body: Body, step: Lowered, forward: int, backward: int) -> Lowered:
    negative = applied(Primitive("less"), [step.at(body.level), Constant(INT, 0)])
    return replace(step, term=If(negative, Constant(INT, backward), Constant(INT, forward)), level=body.level)


def all_bound(
    body: Body, values: Sequence[Lowered], build: Callable[[Sequence[Lowered]], Term], done: tuple[Lowered, ...] = ()
) -> Term:
    """Evaluate values once each, in their order, and build a statement that uses them in another."""
    if len(done) == len(values):
        return build(done)
    return body.bound_term(values[len(done)], lambda value: all_bound(body, values, build, (*done, value)))


def _all_bound(
    body: Body, values: Sequence[Lowered], build: Callable[[Sequence[Lowered]], Lowered], done: tuple[Lowered, ...] = ()
) -> Lowered:
    """Evaluate values once each, in their order, and build an expression that uses them in another."""
    if len(done) == len(values):
        return build(done)
    return body.bound(values[len(done)], lambda value: _all_bound(body, values, build, (*done, value)))


def _operated(
    body: Body, base: Lowered, bounds: Sequence[Lowered], name: str, node: ast.expr, *, total: bool
) -> Lowered:
    operands = [(base, node), *((value, node) for value in bounds)]
    return operation(body, base.type, Primitive(name), operands, total=total)


def _of_tuple(body: Body, base: Lowered, type_: PyTuple, bounds: ast.Slice) -> Lowered:
    """A part of a tuple whose elements have types of their own: which ones it is must be seen here."""
    found: list[int | None] = []
    for node in (bounds.lower, bounds.upper, bounds.step):
        if node is None:
            found.append(None)
            continue
        value = bound(body, node)
        if value is not None and not isinstance(value.term, Constant):
            raise body.problem(
                Code.OPERATOR,
                f"the elements of `{shown(type_)}` have types of their own: the bounds must be numbers written out",
                node,
                "write `pair[:2]`, or use a list",
            )
        found.append(value.term.value if value is not None and isinstance(value.term, Constant) else None)
    if found[2] == 0:
        raise body.problem(Code.OPERATOR, "the step of a slice must not be 0", bounds, "leave it out")
    positions = range(len(type_.elements))[slice(*found)]
    parts: list[tuple[str, Term]] = [(str(index), Project(str(position))) for index, position in enumerate(positions)]
    return replace(
        base.as_value(),
        type=PyTuple(tuple(type_.elements[position] for position in positions)),
        term=compose(base.term, Fork(tuple(parts))),
        borrows=tuple(borrow.held() for borrow in base.borrows),
    )
