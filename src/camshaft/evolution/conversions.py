"""Conversions between types of values that lose nothing that the receiver could know of: terms, or none.

A record gives some of its fields where fewer are wanted, a variant is one with more cases, a value is a present
optional; lists and the values of maps are converted one by one. Everything else is for a person to decide.
"""

from __future__ import annotations

from camshaft.category.terms import (
    Case,
    Constant,
    Fork,
    Identity,
    Inject,
    MapEach,
    Project,
    Term,
    compose,
)
from camshaft.values.types import NONE_LABEL, UNIT, List, Map, Record, Set, Type, Variant, optional_payload


def conversion(source: Type, target: Type, *, drops: bool) -> Term | None:
    """The term that turns each value of one type into the one of another that means the same; None where there is none.

    `drops`: whether fields may be left out that the target does not have, as in what a client is told.
    """
    if source is target:
        return Identity()
    present = optional_payload(target)
    if (
        isinstance(target, Variant)
        and present is not None
        and (not isinstance(source, Variant) or source.case(NONE_LABEL) is None)
    ):
        label, payload = present
        inner = conversion(source, payload, drops=drops)
        return None if inner is None else compose(inner, Inject(target, label))
    match source, target:
        case Record(), Record():
            return _of_record(source, target, drops=drops)
        case Variant(), Variant():
            return _of_variant(source, target, drops=drops)
        case List(), List():
            return _of_each(conversion(source.element, target.element, drops=drops), Project("1"))
        case (Set(), _) | (_, Set()):
            return None
        case Map(), Map() if source.key is target.key:
            value = conversion(source.value, target.value, drops=drops)
            return _of_each(value, compose(Project("1"), Project("1")))
        case _:
            return None


def _of_record(source: Record, target: Record, *, drops: bool) -> Term | None:
    if not drops and len(source.fields) != len(target.fields):
        return None
    parts = []
    for label, type_ in target.fields:
        found = source.field(label)
        part = None if found is None else conversion(found, type_, drops=drops)
        if part is None:
            return None
        parts.append((label, compose(Project(label), part)))
    return Fork(tuple(parts))


def _of_variant(source: Variant, target: Variant, *, drops: bool) -> Term | None:
    branches = []
    for label, type_ in source.cases:
        found = target.case(label)
        part = None if found is None else conversion(type_, found, drops=drops)
        if part is None:
            return None
        branches.append((label, compose(part, Inject(target, label))))
    return Case(tuple(branches))


def _of_each(part: Term | None, element: Term) -> Term | None:
    if part is None:
        return None
    pair = Fork((("0", Constant(UNIT, ())), ("1", Identity())))
    return compose(pair, MapEach(compose(element, part)))
