"""`:=` at the beginning of a condition: `if (lot := self.lots.get(key)) is not None:`.

Only there: nothing of the condition is read before the variable changes, so that the order in which the other parts are
evaluated does not matter. Behind `and` and `or` a condition begins anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from camshaft.category.terms import sequence
from camshaft.language.access import access
from camshaft.language.body import Body, expression, lower
from camshaft.language.diagnostics import Code
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyType
from camshaft.language.targets import assign_variable


def allow(body: Body, test: ast.expr) -> None:
    """The condition of a statement: `:=` may stand where it begins."""
    body.named.update(_beginnings(test))


def _beginnings(node: ast.expr, *, whole: bool = True) -> Iterator[ast.NamedExpr]:
    """`whole`: the node is a condition of its own, and not an operand of something else."""
    match node:
        case ast.NamedExpr():
            yield node
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _beginnings(inner, whole=whole)
        case ast.BoolOp(values=values):
            for inner in values if whole else values[:1]:
                yield from _beginnings(inner, whole=whole)
        case ast.UnaryOp(operand=inner) | ast.Compare(left=inner) | ast.BinOp(left=inner):
            yield from _beginnings(inner, whole=False)
        case ast.Call(func=ast.Name(), args=[inner, *_]) | ast.Attribute(value=inner) | ast.Subscript(value=inner):
            yield from _beginnings(inner, whole=False)
        case _:
            pass


@expression(ast.NamedExpr)
def named_expression(body: Body, node: ast.NamedExpr, expected: PyType | None) -> Lowered:
    """`(x := value)`"""
    if node not in body.named:
        raise body.problem(
            Code.UNSUPPORTED,
            "`:=` stands only where a condition of `if` or `while` begins",
            node,
            "assign on a line of its own before; in place of a comprehension write a `for` loop",
        )
    known = body.slots.get(node.target.id)
    value = lower(body, node.value, known.type if known is not None else expected)
    term = assign_variable(body, node.target, value, node.value)
    found = access(body, ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
    return replace(
        found,
        term=sequence(term, found.at(body.level)),
        level=body.level,
        calm=False,
        stable=False,
        writes=value.writes,
        place=None,
        held=False,
        present=None if found.present is None else sequence(term, found.present),
        maybe=None,
    )
