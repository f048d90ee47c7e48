"""Terms as trees: their parts, their size, and the same change made to every place in them.

Works on any constructor by its fields, so that a new one needs nothing here: a field is a term, labelled terms, or
data that is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from typing import Any, cast

from camshaft.bytecode.program import Place
from camshaft.category import terms as t
from camshaft.category.terms import Term
from camshaft.values.codec import encode


def parts(term: Term) -> list[Term]:
    """The terms that a term is directly made of, from left to right."""
    found: list[Term] = []
    for name in _with_terms(type(term)):  # type: ignore[arg-type]  # a class is hashable
        value = getattr(term, name)
        if isinstance(value, tuple):
            # Terms, or pairs of a label and a term.
            found += [each[1] if isinstance(each, tuple) else each for each in value]
        else:
            found.append(value)
    return found


def size(term: Term) -> int:
    """How many constructors a term is made of."""
    return 1 + sum(map(size, parts(term)))


def calls_in(term: Term) -> set[str]:
    """The functions that a term calls."""
    found: set[str] = set()
    waiting = [term]
    while waiting:
        one = waiting.pop()
        if isinstance(one, t.Call):
            found.add(one.function)
        waiting += parts(one)
    return found


def same(left: Any, right: Any) -> bool:
    """Whether two terms, or two parts of terms, are the same.

    Stricter than `==`, for which the order of a map in a constant does not count and `True` is 1.
    """
    if isinstance(left, t.Constant) and isinstance(right, t.Constant):
        return left.type is right.type and encode(left.type, left.value) == encode(right.type, right.value)
    if isinstance(left, t._Term):
        names: tuple[str, ...] = left.__slots__
        return type(left) is type(right) and all(same(getattr(left, name), getattr(right, name)) for name in names)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def rebuilt(term: Term, change: Callable[[Term], Term]) -> Term:
    """The term with each of its direct parts changed; the term itself where no part became another object."""
    changed = {}
    for name in term.__slots__:
        old = getattr(term, name)
        new = _changed(old, change)
        if new is not old:
            changed[name] = new
    # mypy: a union of dataclasses has no common constructor.
    return cast(Term, replace(cast(Any, term), **changed)) if changed else term


def anew(term: Term) -> Term:
    """The same term in new objects, for one more place in the source: lines are kept by the identity of a term."""
    made = rebuilt(term, anew)
    if made is not term:
        return made
    # mypy: as above.
    return cast(Term, cast(Any, type(term))(*[getattr(term, name) for name in term.__slots__]))


def at_places(term: Term, move: Callable[[Place], Place]) -> Term:
    """The term with every place in it moved."""
    if isinstance(term, t.Get | t.Put | t.Delete | t.Append):
        return type(term)(move(term.place))
    return rebuilt(term, lambda part: at_places(part, move))


def shifted(term: Term, by: int) -> Term:
    """The term with its local slots moved up by so many, to stand where there are that many locals already."""
    if by == 0:
        return term
    return at_places(term, lambda place: Place(place.slot + by, place.steps) if place.slot else place)


@cache
def _with_terms(constructor: type[Any]) -> tuple[str, ...]:
    """The fields of a constructor that are terms or labelled terms, by what they are annotated with."""
    return tuple(field.name for field in fields(constructor) if "Term" in str(field.type))


def _changed(part: Any, change: Callable[[Term], Term]) -> Any:
    if isinstance(part, t._Term):
        return change(cast(Term, part))
    if isinstance(part, tuple):
        new = tuple(_changed(each, change) for each in part)
        return new if any(mine is not old for mine, old in zip(new, part, strict=True)) else part
    return part
