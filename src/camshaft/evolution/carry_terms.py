"""A carry as a term: what a derived migration is to a node.

A list and the values of a map are mapped by `MapEach`, whose body sees the element alone, so that whoever reads the
code can tell that each entry may be migrated by itself. Nothing here traps but the way back from a case that the old
version does not have.
"""

from __future__ import annotations

from typing import Any, Final, assert_never

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
    Trap,
    compose,
    fork,
)
from camshaft.evolution.carry import (
    Absent,
    Added,
    Branch,
    Carried,
    Carry,
    Cases,
    Elements,
    Entries,
    Fields,
    Members,
    Same,
    Unknown,
    Unwrapped,
    Wrapped,
    ends,
    few_values,
    is_identity,
)
from camshaft.values.types import BOOL, STR, List, Type, Variant

_NOTHING_AROUND: Final = Fork(())
_ELEMENT: Final = Project("1")


def term_of(carry: Carry) -> Term:
    """old value -> new value."""
    if is_identity(carry):
        return Identity()
    match carry:
        case Same():
            return Identity()
        case Fields(parts=parts):
            return Fork(tuple((part.label, _field(part)) for part in parts))
        case Cases(_, new, branches):
            return Case(tuple((one.label, _branch(one, new)) for one in branches))
        case Wrapped(new, label, inner):
            return compose(term_of(inner), Inject(new, label))
        case Unwrapped(old, label, inner):
            return Case(tuple((case, term_of(inner) if case == label else _absent(case)) for case, _ in old.cases))
        case Elements(inner, frozen):
            each = _each(compose(_ELEMENT, term_of(inner)))
            return compose(Primitive("thaw_list"), each, Primitive("freeze_list")) if frozen else each
        case Entries(key, value):
            return _entries(key, value)
        case Members(inner, frozen):
            each = _members(inner)
            return compose(Primitive("thaw_set"), each, Primitive("freeze_set")) if frozen else each
        case Unknown():
            raise AssertionError("a draft is no migration")
        case _:
            assert_never(carry)


def _field(part: Carried | Added) -> Term:
    match part:
        case Carried(_, source, carry):
            return compose(Project(source), term_of(carry))
        case Added(_, type_, default):
            return Constant(type_, default)


def _branch(one: Branch | Absent, new: Variant) -> Term:
    match one:
        case Branch(_, becomes, carry):
            return compose(term_of(carry), Inject(new, becomes))
        case Absent(label):
            return _absent(label)


def _absent(label: str) -> Term:
    return compose(Constant(STR, f"the version before has no form of {label}"), Trap("AssertionError"))


def _each(body: Term) -> Term:
    return compose(fork(_NOTHING_AROUND, Identity()), MapEach(body))


def _entries(key: Carry, value: Carry) -> Term:
    if is_identity(key):
        return _each(compose(_ELEMENT, Project("1"), term_of(value)))
    entry = fork(compose(Project("0"), term_of(key)), compose(Project("1"), term_of(value)))
    return compose(Primitive("items"), _each(compose(_ELEMENT, entry)), Primitive("map_of"))


def _members(member: Carry) -> Term:
    old, _ = ends(member)
    few = few_values(old)
    if few is None:
        listed = compose(fork(Identity(), Constant(BOOL, False)), Primitive("set_sorted"))
        return compose(listed, _each(compose(_ELEMENT, term_of(member))), Primitive("set_of"))
    # A set of a few is not iterated, for they have no order: each of the few is looked for in it.
    parts = [_looked_for(old, one, member) for one in few]
    return compose(fork(*parts), Primitive("collect"), Primitive("flatten"), Primitive("set_of"))


def _looked_for(old: Type, value: Any, member: Carry) -> Term:
    held = compose(fork(Identity(), Constant(old, value)), Primitive("set_contains"))
    new = compose(Constant(old, value), term_of(member))
    return If(held, compose(fork(new), Primitive("collect")), Constant(List(ends(member)[1]), []))
