"""Whether a number is in a range, by comparing and dividing: `n in range(1, 7)`, as Python does it, without a list."""

from __future__ import annotations

import ast

from camshaft.category.terms import Constant, If, Primitive, Term, operate
from camshaft.language.body import Body
from camshaft.language.fitting import fitted
from camshaft.language.iteration import function_of, range_parts
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PY_BOOL, PY_INT
from camshaft.values.types import BOOL, INT


def is_range(body: Body, node: ast.expr) -> bool:
    """Whether a node is a range that numbers can be looked for in: its step is written out, and not zero."""
    match node:
        case ast.Call(func=ast.Name(id=name)) if name not in body.names and name not in body.flow.variables:
            return function_of(body, name) is range and _step_of(node) != 0
        case _:
            return False


def _step_of(node: ast.Call) -> int:
    if len(node.args) < 3:
        return 1
    match node.args[2]:
        case ast.Constant(value=int(step)):
            return int(step)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(step))):
            return -int(step)
        case _:
            return 0


def is_within(body: Body, item: tuple[Lowered, ast.expr], node: ast.expr) -> Lowered:
    """Whether a number, which is bound, is in the range that a node is. Raises Problem."""
    assert isinstance(node, ast.Call)
    number = fitted(body, item[0], PY_INT, item[1], "what is looked for in a `range`")
    start, stop, _ = range_parts(body, node)
    step = _step_of(node)
    true = Constant(BOOL, True)

    def asked(first: Lowered, end: Lowered) -> Lowered:
        x, begin, behind = (value.at(body.level) for value in (number, first, end))
        if step > 0:
            within = _both(operate(Primitive("less_equal"), begin, x), operate(Primitive("less"), x, behind))
        else:
            within = _both(operate(Primitive("less"), behind, x), operate(Primitive("less_equal"), x, begin))
        rest = operate(Primitive("modulo"), operate(Primitive("subtract"), x, begin), Constant(INT, abs(step)))
        met = true if abs(step) == 1 else operate(Primitive("equal"), rest, Constant(INT, 0))
        calm = number.calm and start.calm and stop.calm
        writes = number.writes | start.writes | stop.writes
        return Lowered(PY_BOOL, _both(within, met), body.level, calm=calm, writes=writes)

    return body.bound(start, lambda first: body.bound(stop, lambda end: asked(first, end)))


def _both(one: Term, other: Term) -> Term:
    return one if other == Constant(BOOL, True) else If(one, other, Constant(BOOL, False))
