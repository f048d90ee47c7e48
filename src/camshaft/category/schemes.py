"""Schemes: terms and types with metavariables, which is what laws are written in.

    fork(f, g) >> first       is written       Fork((L, f), every(j, h[j])) >> Project(L)

A metavariable for a term is a `hole`; one for a label is a `Label`; `some` stands for data, such as a place. A part
labelled `Every("i")` stands for any number of labelled parts, so that one law covers products and sums of any size:
in it, `hole("f", i)` is another term for each of them. Types have the same: `Unknown`, `Product`, `Sum`.

Compositions are matched up to associativity and identities: a hole in one stands for any number of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from camshaft.category import terms as t
from camshaft.category.subterms import rebuilt, same
from camshaft.category.terms import Term, compose
from camshaft.values.types import Record, Type, Variant, join


class Label(str):
    """A metavariable for a label."""

    __slots__ = ()


class Every(Label):
    """A metavariable for some labels: a part with it stands for a part for each of them."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Hole(t._Term):
    """A metavariable for a term; with an index, for one for each of the labels that the index stands for."""

    name: str
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Some:
    """A metavariable for data: a place, a type, a value."""

    name: str


def hole(name: str, index: str | None = None) -> Term:
    """A hole, as a part of terms."""
    return cast(Term, Hole(name, index))  # the union of terms is closed: only schemes have holes


def some(name: str) -> Any:
    """A metavariable for data, as a part of terms."""
    return Some(name)


Found: TypeAlias = Mapping[tuple[str, str | None], Any]
"""What metavariables stand for, by name and, for a hole with an index, label. An `Every` stands for several labels."""


# ---- matching --------------------------------------------------------------------------------------------------------


def prefixes(scheme: Term, term: Term) -> Iterator[tuple[Found, Term, Term]]:
    """The ways to match a scheme with the first parts of a composition: what was found, those parts, and the rest.
    The longest matches come first."""
    steps = _steps(term)
    for found, count in _sequences(_steps(scheme), steps, {}, whole=False):
        yield found, compose(*steps[:count]), compose(*steps[count:])


def match(scheme: Any, term: Any, found: Found) -> Iterator[Found]:
    """The ways to match a scheme with a whole term, or data with data, beyond what was found already."""
    if isinstance(scheme, Hole):
        yield from _bound((scheme.name, scheme.index), term, found)
    elif isinstance(scheme, Some):
        yield from _bound((scheme.name, None), term, found)
    elif isinstance(scheme, t.Compose):
        yield from (more for more, _ in _sequences(scheme.parts, _steps(term), found, whole=True))
    elif isinstance(scheme, t._Term):
        if type(scheme) is type(term):
            yield from _fields(_values(scheme), _values(term), found)
    elif isinstance(scheme, Label):
        yield from _bound((str(scheme), None), term, found)
    elif isinstance(scheme, tuple) and isinstance(term, tuple):
        yield from _parts(scheme, term, found)
    elif type(scheme) is type(term) and scheme == term:
        yield found


def _bound(key: tuple[str, str | None], value: Any, found: Found) -> Iterator[Found]:
    if key not in found:
        yield {**found, key: value}
    elif same(found[key], value):
        yield found


def _fields(schemes: list[Any], terms: list[Any], found: Found) -> Iterator[Found]:
    if not schemes:
        yield found
        return
    for more in match(schemes[0], terms[0], found):
        yield from _fields(schemes[1:], terms[1:], more)


def _values(term: Any) -> list[Any]:
    return [getattr(term, name) for name in term.__slots__]


def _sequences(
    schemes: tuple[Term, ...], steps: tuple[Term, ...], found: Found, *, whole: bool
) -> Iterator[tuple[Found, int]]:
    if not schemes:
        if not (whole and steps):
            yield found, 0
        return
    # A hole takes any number of steps, the most first: a law then moves or drops as much as it can at once.
    counts = range(len(steps), -1, -1) if isinstance(schemes[0], Hole) else range(1, min(len(steps), 1) + 1)
    for count in counts:
        for more in match(schemes[0], compose(*steps[:count]), found):
            for result, rest in _sequences(schemes[1:], steps[count:], more, whole=whole):
                yield result, count + rest


def _parts(schemes: tuple[Any, ...], terms: tuple[Any, ...], found: Found) -> Iterator[Found]:
    """Labelled parts: those labelled with an `Every` take any number."""
    if not schemes:
        if not terms:
            yield found
        return
    (label, scheme), *_ = schemes
    if isinstance(label, Every):
        for count in range(len(terms) + 1):
            labels = tuple(name for name, _ in terms[:count])
            instances = tuple((name, _indexed(scheme, label, name)) for name in labels)
            for more in _bound((str(label), None), labels, found):
                for matched in _parts(instances, terms[:count], more):
                    yield from _parts(schemes[1:], terms[count:], matched)
    elif terms:
        for more in match(label, terms[0][0], found):
            for matched in match(scheme, terms[0][1], more):
                yield from _parts(schemes[1:], terms[1:], matched)


def _steps(term: Term) -> tuple[Term, ...]:
    if isinstance(term, t.Compose):
        return term.parts
    return () if isinstance(term, t.Identity) else (term,)


def _indexed(scheme: Any, index: Every, label: str) -> Any:
    """A scheme for one of the labels that an index stands for."""
    if isinstance(scheme, Hole):
        return replace(scheme, index=label) if scheme.index == index else scheme
    if isinstance(scheme, t.Project | t.Inject) and scheme.label == index and isinstance(scheme.label, Every):
        return replace(scheme, label=label)
    return rebuilt(scheme, lambda part: _indexed(part, index, label))


# ---- instances -------------------------------------------------------------------------------------------------------


def instance(scheme: Any, found: Found) -> Term:
    """The term that a scheme is once all of its metavariables stand for something. Nothing else is simplified in it."""
    if isinstance(scheme, Hole):
        return cast(Term, found[scheme.name, scheme.index])
    changed = {name: _instance(getattr(scheme, name), found) for name in scheme.__slots__}
    if isinstance(scheme, t.Case):
        changed["branches"] = tuple(sorted(changed["branches"], key=lambda branch: branch[0]))
    return cast(Term, type(scheme)(**changed))


def _instance(part: Any, found: Found) -> Any:
    if isinstance(part, Some):
        return found[part.name, None]
    if isinstance(part, Label):
        return found[str(part), None]
    if isinstance(part, t._Term):
        return instance(part, found)
    if isinstance(part, tuple):
        return tuple(each for inner in part for each in _instances(inner, found))
    return part


def _instances(part: Any, found: Found) -> Iterator[Any]:
    if isinstance(part, tuple) and isinstance(part[0], Every):
        label, scheme = part
        for name in found[str(label), None]:
            yield name, instance(_indexed(scheme, label, name), found)
    else:
        yield _instance(part, found)


# ---- types -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unknown:
    """A metavariable for a type; with an index, for one for each of the labels that the index stands for."""

    name: str
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A record of labelled shapes."""

    fields: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A variant of labelled shapes."""

    cases: tuple[tuple[str, Shape], ...]


Shape: TypeAlias = Type | Unknown | Product | Sum


def shaped(shape: Shape, found: Found) -> Type:
    """The type that a shape is once all of its metavariables stand for something."""
    match shape:
        case Unknown(name, index):
            return cast(Type, found["type " + name, index])
        case Product(fields):
            return Record(_labelled(fields, found))
        case Sum(cases):
            return Variant(_labelled(cases, found))
        case _:
            return shape


def fits(shape: Shape, type_: Type, found: Found) -> Found | None:
    """What a shape's metavariables stand for, where a type has that shape, beyond what was found already. The labels
    in the shape must have been found."""
    match shape:
        case Unknown(name, index):
            key = ("type " + name, index)
            joined = join(found[key], type_) if key in found else type_
            return None if joined is None else {**found, key: joined}
        case Product(fields):
            return _all_fit(fields, type_.fields, found) if isinstance(type_, Record) else None
        case Sum(cases):
            return _all_fit(cases, type_.cases, found) if isinstance(type_, Variant) else None
        case _:
            return found if shape is type_ else None


def of_label(shape: Shape, index: str, label: str) -> Shape:
    """A shape for one of the labels that an index stands for."""
    if isinstance(shape, Unknown):
        return replace(shape, index=label) if shape.index == index else shape
    if isinstance(shape, Product):
        return Product(tuple((name, of_label(each, index, label)) for name, each in shape.fields))
    if isinstance(shape, Sum):
        return Sum(tuple((name, of_label(each, index, label)) for name, each in shape.cases))
    return shape


def _shapes(parts: tuple[tuple[str, Shape], ...], found: Found) -> Iterator[tuple[str, Shape]]:
    for label, shape in parts:
        if isinstance(label, Every):
            for name in found[str(label), None]:
                yield name, of_label(shape, label, name)
        else:
            yield (found[str(label), None] if isinstance(label, Label) else label), shape


def _labelled(parts: tuple[tuple[str, Shape], ...], found: Found) -> Iterator[tuple[str, Type]]:
    return ((label, shaped(shape, found)) for label, shape in _shapes(parts, found))


def _all_fit(parts: tuple[tuple[str, Shape], ...], types: tuple[tuple[str, Type], ...], found: Found) -> Found | None:
    shapes = tuple(_shapes(parts, found))
    if tuple(label for label, _ in shapes) != tuple(label for label, _ in types):
        return None
    result: Found | None = found
    for (_, shape), (_, type_) in zip(shapes, types, strict=True):
        result = None if result is None else fits(shape, type_, result)
    return result
