"""Counts and widths: the numbers that Python passes to C, where one beyond 64 bits fails with OverflowError.

What is repeated -2**70 times is empty by the operation's own meaning, and an error in Python: here too. Indexes and
bounds of slices are no counts: Python cuts those.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Constant, Fork, If, Primitive, Project, Term, Trap, compose
from camshaft.language.fitting import applied
from camshaft.language.lowered import Lowered
from camshaft.values.types import INT, STR

_BEYOND: Final = 2**63


def counted(operation: Term, position: int, node: ast.AST) -> Term:
    """The operation on a tuple whose element at `position` is a count, which `node` is in the source.

    It fails as Python does where the count is beyond 64 bits.
    """
    if isinstance(node, ast.Constant) and type(node.value) is int and node.value < _BEYOND:
        return operation
    count = Project(str(position))
    too_large = applied(Primitive("greater_equal"), [count, Constant(INT, _BEYOND)])
    too_small = applied(Primitive("less"), [count, Constant(INT, -_BEYOND)])
    fail = compose(Constant(STR, "a count beyond 64 bits"), Trap("OverflowError"))
    return If(too_large, fail, If(too_small, fail, operation))


def count(value: Lowered, node: ast.AST) -> Lowered:
    """A value, which `node` is in the source, that is a count: it fails as Python does where it is beyond 64 bits."""
    number = counted(Project("0"), 0, node)
    if number == Project("0"):
        return value
    return replace(value, term=compose(Fork((("0", value.term),)), number), calm=False, stable=False)
