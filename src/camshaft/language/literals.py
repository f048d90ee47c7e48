"""Values of literal types: a text or an integer of a few, which is a case of a variant until an operation needs it."""

from __future__ import annotations

from dataclasses import replace

from camshaft.category.terms import (
    Case,
    Constant,
    Fork,
    Identity,
    If,
    Inject,
    MapEach,
    Primitive,
    Project,
    Term,
    compose,
    fork,
)
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import PY_INT, PY_STR, PyLiteral, PyType, core, members
from camshaft.values.types import List, Variant


def includes(type_: PyType, other: PyType) -> bool:
    """Whether every value of the other type is one of a type; neither is a union."""
    if type_ == other:
        return True
    if not isinstance(other, PyLiteral):
        return False
    return type_ == other.base or (
        isinstance(type_, PyLiteral) and type_.base == other.base and set(other.values) <= set(type_.values)
    )


def inclusion(source: PyType, target: PyType) -> Term:
    """source's value -> the value of a type that includes it."""
    if source == target:
        return Identity()
    assert isinstance(source, PyLiteral)
    branches: list[tuple[str, Term]] = []
    for label, value in zip(source.labels, source.values, strict=True):
        if isinstance(target, PyLiteral):
            variant = core(target)
            assert isinstance(variant, Variant)
            branches.append((label, Inject(variant, label)))
        else:
            branches.append((label, Constant(core(target), value)))
    return Case(tuple(sorted(branches, key=lambda one: one[0])))


def plain(value: Lowered) -> Lowered:
    """A value as what operations take: that of a literal type as the text or the integer that it is."""
    if not isinstance(value.type, PyLiteral):
        return value
    base = value.type.base
    return replace(value.as_value(), type=base, term=compose(value.term, inclusion(value.type, base)))


def members_in_order(type_: PyLiteral) -> Term:
    """A set of values of a literal type -> the list of them as what they are, in order: each is looked for in it."""
    pair = fork(Project("0"), Project("1"))
    held = compose(fork(compose(Project("1"), inclusion(type_, type_.base))), Primitive("collect"))
    none = Constant(List(core(type_.base)), [])
    values = Constant(List(core(type_)), [(label, ()) for label in type_.labels])
    each = MapEach(If(compose(pair, Primitive("set_contains")), held, none))
    return compose(Fork((("0", Identity()), ("1", values))), each, Primitive("flatten"))


def as_literal(value: Lowered, expected: PyType | None, level: int) -> Lowered:
    """A constant as one of the literal type that its place wants, where it is one of its values."""
    if expected is None or value.type not in (PY_STR, PY_INT) or not isinstance(value.term, Constant):
        return value
    for member in members(expected):
        if isinstance(member, PyLiteral) and member.base == value.type and value.term.value in member.values:
            return constant(member, (str(value.term.value), ()), level)
    return value
