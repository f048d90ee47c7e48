"""Values as keys of dicts and members of sets, and back.

A variable tuple and a frozen set are a list and a set here, which nothing can be found by: as a key each is frozen,
and what comes out of a dict or a set is thawed. Of a type that holds neither, keys are the values themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace

from camshaft.category.terms import Case, Fork, Identity, Inject, MapEach, Primitive, Project, Term, compose
from camshaft.language.body import Body, lower
from camshaft.language.fitting import fitted
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import (
    PyClass,
    PyFrozenSet,
    PyKey,
    PySequence,
    PyTuple,
    PyType,
    PyUnion,
    as_key,
    core,
    tag,
)
from camshaft.values.types import Variant


def fitted_key(body: Body, node: ast.expr, type_: PyType, what: str) -> Lowered:
    """The value of an expression as a key of this type. Raises Problem."""
    return frozen(fitted(body, lower(body, node, type_), type_, node, what))


def frozen(value: Lowered) -> Lowered:
    """A value as a key."""
    form = as_key(value.type)
    if form == value.type:
        return value
    return replace(value.as_value(), type=form, term=compose(value.term, freezing(value.type)))


def thawed(key: Lowered) -> Lowered:
    """The value that a key is."""
    if not isinstance(key.type, PyKey):
        return key
    return replace(key.as_value(), type=key.type.of, term=compose(key.term, thawing(key.type.of)))


def freezing(type_: PyType) -> Term:
    """A value of a type -> the key"""
    match type_:
        case _ if as_key(type_) == type_:
            return Identity()
        case PySequence(element):
            return compose(each(freezing(element)), Primitive("freeze_list"))
        case PyFrozenSet():
            return Primitive("freeze_set")
        case _:
            return _of_parts(type_, freezing, as_key)


def thawing(type_: PyType) -> Term:
    """A key -> the value of a type"""
    match type_:
        case _ if as_key(type_) == type_:
            return Identity()
        case PySequence(element):
            return compose(Primitive("thaw_list"), each(thawing(element)))
        case PyFrozenSet():
            return Primitive("thaw_set")
        case _:
            return _of_parts(type_, thawing, lambda whole: whole)


def _of_parts(type_: PyType, part: Callable[[PyType], Term], form: Callable[[PyType], PyType]) -> Term:
    match type_:
        case PyTuple(elements):
            labelled: Iterable[tuple[str, PyType]] = ((str(index), one) for index, one in enumerate(elements))
            return Fork(tuple((label, compose(Project(label), part(one))) for label, one in labelled))
        case PyClass(fields=fields):
            return Fork(tuple((one.name, compose(Project(one.name), part(one.type))) for one in fields))
        case PyUnion(of):
            variant = core(form(type_))
            assert isinstance(variant, Variant)
            return Case(tuple((tag(one), compose(part(one), Inject(variant, tag(one)))) for one in of))
        case _:
            raise AssertionError(f"{type_} is a key as it is, or none")


def each(term: Term) -> Term:
    """A list -> the list of what a term makes of each of its elements"""
    if isinstance(term, Identity):
        return term
    return compose(Fork((("0", Fork(())), ("1", Identity()))), MapEach(compose(Project("1"), term)))
