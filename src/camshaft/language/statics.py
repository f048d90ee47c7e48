"""What the names of modules and classes stand for when the program is compiled: literals and the members of enums; and
what values have that is no field of theirs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import EnumMeta
from typing import Any, Final, TypeAlias

from camshaft.category.terms import Case, Constant, Identity, Primitive, Term, Trap, compose
from camshaft.errors import Rejected
from camshaft.language.body import Body, expression, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted, operation, widening
from camshaft.language.literals import as_literal
from camshaft.language.lowered import Lowered, constant
from camshaft.language.names import Site, root_name, static_object
from camshaft.language.objects import to_value
from camshaft.language.pytypes import (
    PY_STR,
    PyDict,
    PyEnum,
    PyList,
    PyType,
    core,
)
from camshaft.language.scalars import SCALARS
from camshaft.language.unions import union_of
from camshaft.values.check import MAX_INT_BITS, is_text
from camshaft.values.types import STR

AttributeHandler: TypeAlias = Callable[[Body, Lowered, ast.Attribute], Lowered]

ATTRIBUTES: Final[dict[tuple[type, str], AttributeHandler]] = {}
"""What values have that is no field of theirs, by the kind of their types: `color.name`, `span.days`."""


def attribute(kind: type, *names: str) -> Callable[[AttributeHandler], AttributeHandler]:
    """Register how an attribute of all types of a kind is read."""

    def register(handler: AttributeHandler) -> AttributeHandler:
        ATTRIBUTES.update(dict.fromkeys(((kind, name) for name in names), handler))
        return handler

    return register


def static(body: Body, node: ast.expr) -> Any:
    """What a chain of names stands for that leads through modules and classes only, None where it does not."""
    root = root_name(node)
    if root is None or root in body.names or root in body.flow.variables:
        return None
    return static_object(body.unit.names, node)


def literal(body: Body, obj: Any, type_: PyType, node: ast.AST) -> Lowered:
    """A constant of a type without parts. Raises Problem where no value is like it."""
    if type(obj) is int and obj.bit_length() > MAX_INT_BITS:
        raise body.problem(
            Code.LITERAL,
            f"this integer has more than {MAX_INT_BITS} bits, which no value can have",
            node,
            "use a smaller number",
        )
    if type(obj) is str and not is_text(obj):
        raise body.problem(
            Code.LITERAL, "this text holds half a surrogate pair, which is no text", node, "write the whole character"
        )
    try:
        return constant(type_, to_value(type_, obj), body.level)
    except Rejected as error:
        raise body.problem(Code.LITERAL, f"this constant cannot be a value: {error}", node, "use another") from error


@expression(ast.Constant)
def constant_expression(body: Body, node: ast.Constant, expected: PyType | None) -> Lowered:
    """`1`, `"text"`, `True`, `None`"""
    type_ = SCALARS.get(type(node.value))
    if type_ is not None:
        return as_literal(literal(body, node.value, type_, node), expected, body.level)
    if node.value is Ellipsis:
        raise body.problem(Code.UNSUPPORTED, "`...` is not a value here", node, "write `pass` for an empty method")
    raise body.problem(
        Code.UNSUPPORTED, "complex numbers are not supported", node, "use a tuple of two floats: `(1.0, 2.0)`"
    )


# ---- enums -----------------------------------------------------------------------------------------------------------


def enum_type(body: Body, cls: EnumMeta, node: ast.AST) -> PyEnum:
    """The type of an enum's class. Raises Problem."""
    found = body.unit.annotations.of_object(cls, Site(body.unit.source, node, body.unit.names))
    assert isinstance(found, PyEnum)
    return found


def enum_member(body: Body, node: ast.Attribute) -> Lowered | None:
    """The member that `Color.RED` is, None where the expression is something else. Raises Problem."""
    cls = static(body, node.value)
    if not isinstance(cls, EnumMeta):
        return None
    if node.attr not in cls.__members__:
        raise body.problem(
            Code.NO_ATTRIBUTE,
            f"`{cls.__name__}` has no member `{node.attr}`",
            node,
            f"it has {', '.join(cls.__members__)}",
        )
    return constant(enum_type(body, cls, node), (cls.__members__[node.attr].name, ()), body.level)


def enum_members(body: Body, cls: EnumMeta, node: ast.AST) -> Lowered:
    """The list of an enum's members, in their order. Raises Problem."""
    type_ = enum_type(body, cls, node)
    return constant(PyList(type_), [(name, ()) for name, _ in type_.members], body.level)


def member_of_name(body: Body, node: ast.Subscript, cls: EnumMeta) -> Lowered:
    """`Color["RED"]`; the names of aliases too. Raises Problem."""
    type_ = enum_type(body, cls, node.value)
    names = {name: (member.name, ()) for name, member in type_.cls.__members__.items()}
    given = fitted(body, lower(body, node.slice, PY_STR), PY_STR, node.slice, "the name of a member")
    table = constant(PyDict(PY_STR, type_), names, body.level)
    return operation(body, type_, Primitive("map_index"), [(table, node.value), (given, node.slice)], total=False)


def member_of_value(body: Body, node: ast.Call, cls: EnumMeta) -> Lowered:
    """`Color("red")`. Raises Problem."""
    type_ = enum_type(body, cls, node.func)
    kinds = {type(value) for _, value in type_.members}
    if len(kinds) > 1 or len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(
            Code.ARGUMENTS,
            f"a member of `{cls.__name__}` is made from one value, all of which are of one type",
            node,
            f"write `{cls.__name__}(value)`, or `{cls.__name__}.{type_.members[0][0]}`",
        )
    of_value = SCALARS[kinds.pop()]
    where = node.args[0]
    given = fitted(body, lower(body, where, of_value), of_value, where, "the value of a member")
    table = constant(PyDict(of_value, type_), {value: (name, ()) for name, value in type_.members}, body.level)
    missing = compose(Constant(STR, f"this is no value of {cls.__name__}"), Trap("ValueError"))
    found = compose(Primitive("map_find"), Case((("found", Identity()), ("missing", missing))))
    return operation(body, type_, found, [(table, node.func), (given, where)], total=False)


@attribute(PyEnum, "name", "value")
def _name_or_value(body: Body, base: Lowered, node: ast.Attribute) -> Lowered:
    del body
    type_ = base.type
    assert isinstance(type_, PyEnum)
    found = {name: name if node.attr == "name" else value for name, value in type_.members}
    return _looked_up(base, found)


def enum_text(base: Lowered, type_: PyEnum) -> Lowered:
    """What `str` gives for a member: `Color.RED`."""
    return _looked_up(base, {name: f"{type_.cls.__name__}.{name}" for name, _ in type_.members})


def _looked_up(base: Lowered, values: Mapping[str, str | int]) -> Lowered:
    result = union_of(SCALARS[type(value)] for value in values.values())
    branches: list[tuple[str, Term]] = []
    for name, value in values.items():
        own = SCALARS[type(value)]
        branches.append((name, compose(Constant(core(own), value), widening(own, result))))
    cases = Case(tuple(sorted(branches, key=lambda one: one[0])))
    return replace(base.as_value(), type=result, term=compose(base.term, cases))
