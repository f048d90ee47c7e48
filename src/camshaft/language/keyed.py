"""Lists told by where their elements are: what a loop over `sorted(self.lots, key=…)` changes, it changes there.

`enumerate`, `zip`, `reversed`, `sorted`, a slice, a comprehension that only picks: each gives elements of containers,
in some order. Beside the list of the elements themselves stands the list of what finds each: indexes and keys. A loop
that changes its elements, and a name for what `min` gives, go by these.

Rule: what is found is found as long as nothing is taken out of, or moves in, the containers. Those who keep such a list
see to that.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from camshaft.category.terms import Constant, Identity, Primitive, Project, Term, compose, operate
from camshaft.language.body import Body
from camshaft.language.key_forms import thawing
from camshaft.language.lowered import Borrow, Lowered, Path
from camshaft.language.pytypes import (
    PY_INT,
    PyDict,
    PyList,
    PyTuple,
    PyType,
    as_key,
    is_mutable,
)
from camshaft.language.repeating import may_repeat
from camshaft.language.shares import Shares
from camshaft.values.types import INT

_IDENTITY: Final = Identity()
_NOTHING: Final = Shares()


@dataclass(frozen=True, slots=True)
class AtPlace:
    """An element of a container that is at a place: under the index or the key that `key` makes of what finds it.

    `way`: fields of what is there.
    """

    base: Lowered
    type: PyType
    key: Term = _IDENTITY
    way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AsValue:
    """Something at no place, which is found as itself: `term` makes it of what finds it."""

    type: PyType
    shares: Shares = _NOTHING
    term: Term = _IDENTITY


@dataclass(frozen=True, slots=True)
class Parts:
    """A new tuple of parts."""

    parts: tuple[Part, ...]


Part: TypeAlias = AtPlace | AsValue | Parts


@dataclass(frozen=True, slots=True)
class Keyed:
    """A list of what finds each element of another list, in the same order, and how."""

    value: Lowered
    part: Part

    @property
    def element(self) -> PyType:
        """The type of what finds an element."""
        assert isinstance(self.value.type, PyList)
        return self.value.type.element

    def rearranged(self, term: Term) -> Keyed:
        """The same elements in another order, or fewer: `term` is of the list of what finds them."""
        return replace(self, value=replace(self.value, term=term, stable=False))


def of_container(body: Body, base: Lowered, view: str) -> Keyed | None:
    """Of a list or dict that is at a place, and whose elements can change: `view` says what is gone over.

    None too where looking up the container changes or draws something: it would happen once for the elements, and once
    for what finds them.
    """
    type_ = base.type
    assert isinstance(type_, PyDict | PyList)
    element = type_.value if isinstance(type_, PyDict) else type_.element
    if base.place is None or base.path is None or not is_mutable(element) or not may_repeat(body, base):
        return None
    if isinstance(type_, PyDict):
        found = replace(base.as_value(), type=PyList(as_key(type_.key)), term=compose(base.term, Primitive("keys")))
    else:
        length = compose(base.term, Primitive("length"))
        indexes = operate(Primitive("range"), Constant(INT, 0), length, Constant(INT, 1))
        found = replace(base.as_value(), type=PyList(PY_INT), term=indexes)
    found = replace(found, borrows=(), stable=False)
    at = AtPlace(base, element)
    if view == "items":
        assert isinstance(type_, PyDict)
        return Keyed(found, Parts((AsValue(type_.key, term=thawing(type_.key)), at)))
    return None if view == "keys" else Keyed(found, at)


def keyed(body: Body, value: Lowered) -> Keyed | None:
    """The list of what finds the elements of a list, where they are at places."""
    if value.keyed is not None and value.keyed[0] is value.term:
        found = value.keyed[1]
        assert isinstance(found, Keyed)
        return found
    return of_container(body, value, "values") if isinstance(value.type, PyList) else None


def told_by(value: Lowered, found: Keyed | None) -> Lowered:
    """A list, with that of what finds its elements."""
    return value if found is None else replace(value, keyed=(value.term, found))


def after(term: Term, part: Part) -> Part:
    """The same part, of what `term` makes of what finds it."""
    match part:
        case AtPlace():
            return replace(part, key=compose(term, part.key))
        case AsValue():
            return replace(part, term=compose(term, part.term))
        case Parts():
            return Parts(tuple(after(term, one) for one in part.parts))


def part_of(part: Part, index: int, type_: PyType) -> Part:
    """An element of the tuple that a part is."""
    match part:
        case AtPlace():
            return replace(part, type=type_, way=(*part.way, str(index)))
        case AsValue():
            return AsValue(type_, part.shares.part(index, type_), compose(part.term, Project(str(index))))
        case Parts():
            return part.parts[index]


def names_of(target: ast.expr, type_: PyType, part: Part) -> Iterator[tuple[ast.Name, Part]]:
    """The names in a target that fits a type, each with the part that it is bound to."""
    match target, type_:
        case ast.Name(), _:
            yield target, part
        case ast.Tuple(elts=targets) | ast.List(elts=targets), PyTuple(elements):
            for index, (one, inner) in enumerate(zip(targets, elements, strict=True)):
                yield from names_of(one, inner, part_of(part, index, inner))
        case _:
            raise AssertionError("the target was bound to elements of this type before")


def places_in(part: Part) -> Iterator[AtPlace]:
    """All of a part that is at places."""
    match part:
        case AtPlace():
            yield part
        case AsValue():
            pass
        case Parts():
            for one in part.parts:
                yield from places_in(one)


def at_place(body: Body, part: AtPlace, found: Lowered, node: ast.AST) -> Lowered:
    """What is at a place, where it is certain to be: `found` is what finds it."""
    base = part.base
    assert base.place is not None
    path = element_path(body, part)
    key_type = as_key(base.type.key) if isinstance(base.type, PyDict) else PY_INT
    key = replace(found.as_value(), type=key_type, term=compose(found.term, part.key))
    place = base.place.element(key)
    for step in part.way:
        place = place.field(step)
    place = replace(place, known=len(place.keys))
    borrow = Borrow(path, part.type, node)
    term = place.get(body.level)
    return Lowered(part.type, term, body.level, calm=found.calm, borrows=(borrow,), path=path, place=place)


def picked_out(body: Body, list_: Keyed | None, found: Lowered, value: Lowered, node: ast.AST) -> Lowered:
    """An element of a list that is picked out by what finds it, with the place where it is."""
    if list_ is None or not isinstance(list_.part, AtPlace) or value.type != list_.part.type:
        return value
    at = at_place(body, list_.part, found, node)
    others = tuple(borrow for borrow in value.borrows if borrow.path != at.path)
    return replace(value, borrows=(*at.borrows, *others), path=at.path, place=at.place)


def element_path(body: Body, part: AtPlace) -> Path:
    """The path of what is at a place."""
    assert part.base.path is not None
    return (*body.flow.resolved(part.base.path), None, *part.way)


def on_others(part: Part, bases: dict[int, Lowered]) -> Part:
    """The same, of other containers, each by the `id` of the one that it is for."""
    match part:
        case AtPlace():
            return replace(part, base=bases[id(part.base)])
        case AsValue():
            return part
        case Parts():
            return Parts(tuple(on_others(one, bases) for one in part.parts))
