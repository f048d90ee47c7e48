"""Operations on sets. A set lies in memory as the map from its members to unit, in an order that nothing may tell.

Rule: no operation here gives, traps or is charged anything that depends on that order. `set_sorted` is the only way
from a set to its members, since a set of Python has an order of its own in each process.
"""

from __future__ import annotations

import operator
from typing import Any, Final

from camshaft.bytecode.patterns import ListOf, SetOf
from camshaft.bytecode.primitives.lists import SORTING
from camshaft.bytecode.primitives.table import (
    KEY,
    LENGTH,
    LENGTHS,
    ORDERED_KEY,
    SET,
    PrimitiveOperation,
    row,
)
from camshaft.values.types import BOOL

Members = dict[Any, tuple[()]]


def _of(items: list[Any]) -> Members:
    return dict.fromkeys(items, ())


def _intersection(left: Members, right: Members) -> Members:
    return {member: () for member in left if member in right}


def _difference(left: Members, right: Members) -> Members:
    return {member: () for member in left if member not in right}


def _symmetric_difference(left: Members, right: Members) -> Members:
    return _difference(left, right) | _difference(right, left)


_BOTH: Final = ((SET, SET), SET)
_TEST: Final = ((SET, SET), BOOL)

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(212, "set_contains", "whether the second is a member of the first", operator.contains, ((SET, KEY), BOOL)),
    row(213, "set_of", "the set of the elements of a list", _of, ((ListOf(KEY),), SET), charge=LENGTH),
    row(214, "set_union", "what is a member of one of them", operator.or_, _BOTH, charge=LENGTHS),
    row(215, "set_intersection", "what is a member of both", _intersection, _BOTH, charge=LENGTHS),
    row(216, "set_difference", "what is a member of the first only", _difference, _BOTH, charge=LENGTHS),
    row(
        217,
        "set_symmetric_difference",
        "what is a member of exactly one of them",
        _symmetric_difference,
        _BOTH,
        charge=LENGTHS,
    ),
    row(
        218,
        "set_is_subset",
        "whether all members of the first are members of the second",
        lambda left, right: left.keys() <= right.keys(),
        _TEST,
        charge=LENGTHS,
    ),
    row(
        219,
        "set_is_disjoint",
        "whether they have no member in common",
        lambda left, right: left.keys().isdisjoint(right),
        _TEST,
        charge=LENGTHS,
    ),
    row(
        220,
        "set_sorted",
        "the members in order, from the greatest where the second is true",
        lambda items, reverse: sorted(items, reverse=reverse),
        ((SetOf(ORDERED_KEY), BOOL), ListOf(ORDERED_KEY)),
        charge=SORTING,
    ),
)
