"""Fields of unions: one that all members share is read without finding out which member it is."""

from __future__ import annotations

import ast

from camshaft.category.terms import Case, Project, compose
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyClass, PyUnion, is_mutable, is_optional, shown, tag


def shared_field(base: Lowered, name: str, node: ast.AST) -> Lowered | None:
    """The field of a name, of whichever member a value is; None where not all have it, with one type."""
    if not isinstance(base.type, PyUnion):
        return None
    found = [member.field(name) if isinstance(member, PyClass) else None for member in base.type.members]
    types = {field.type for field in found if field is not None}
    if None in found or len(types) != 1:
        return None
    (type_,) = types
    cases = Case(tuple((tag(member), Project(name)) for member in base.type.members))
    return Lowered(
        type_,
        compose(base.term, cases),
        base.level,
        calm=base.calm,
        stable=base.stable,
        borrows=tuple(borrow.step(name, type_, node) for borrow in base.borrows) if is_mutable(type_) else (),
        writes=base.writes,
        path=None if base.path is None else (*base.path, name),
    )


def tested_first(base: Lowered, node: ast.expr) -> str:
    """What to write where a value may be None: a test is remembered of names and fields, and of nothing that is made
    anew each time that it is read.
    """
    text = ast.unparse(node)
    if base.path is not None and None not in base.path:
        return f"test it first: `if {text} is not None:`"
    return f"give it a name, and test that, since it is made anew each time: `one = {text}`, `if one is not None:`"


def no_field(body: Body, base: Lowered, node: ast.Attribute) -> Problem:
    """The problem of a field that a value does not have."""
    type_ = base.type
    if is_optional(base.type):
        help_ = tested_first(base, node.value)
    elif isinstance(type_, PyUnion):
        help_ = f"find out which it is: `match {ast.unparse(node.value)}:` with a `case` for each"
    else:
        help_ = "only dataclasses have fields; a method is called"
    return body.problem(Code.NO_ATTRIBUTE, f"`{shown(type_)}` has no field `{node.attr}`", node, help_)
