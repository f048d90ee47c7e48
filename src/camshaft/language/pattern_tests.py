"""Patterns as terms: whether a value matches one, and what its names stand for then.

A name is read only where the pattern matched. What a pattern excludes is a trap there and not some value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from camshaft.category.terms import Case, Constant, If, Primitive, Term, compose
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, narrowing, operation
from camshaft.language.lowered import Lowered
from camshaft.language.parts import part
from camshaft.language.patterns import (
    Anything,
    Either,
    Items,
    Member,
    Named,
    Parts,
    Pattern,
    Value,
    members_matched,
    names_of,
)
from camshaft.language.pytypes import (
    PY_BOOL,
    PyClass,
    PyList,
    PyTuple,
    PyType,
    is_mutable,
    members,
    shown,
    tag,
)
from camshaft.language.slices import END
from camshaft.language.unions import union_of
from camshaft.values.types import BOOL, INT

# ---- whether it matches ----------------------------------------------------------------------------------------------


def lower_pattern(body: Body, pattern: Pattern, subject: Lowered) -> Lowered | None:
    """Whether a value, which is stable, matches a pattern, a Bool; None where it always does."""
    match pattern:
        case Anything():
            return None
        case Named(_, inner):
            return lower_pattern(body, inner, subject)
        case Member(type_, inner):
            return _both(body, _is_member(body, subject, type_), lower_pattern(body, inner, viewed(subject, type_)))
        case Parts():
            return _all(body, [lower_pattern(body, one, value) for one, value in _parts(pattern, subject)])
        case Items():
            found = [_has_count(body, pattern, subject)]
            found += [lower_pattern(body, one, value) for one, value in _items(body, pattern, subject)]
            return _all(body, found)
        case Value(value, node, _):
            return operation(body, PY_BOOL, Primitive("equal"), [(subject, node), (value, node)])
        case Either(patterns):
            alternatives = [lower_pattern(body, one, subject) for one in patterns]
            return _any(body, alternatives)


def viewed(subject: Lowered, type_: PyType) -> Lowered:
    """A value of a union as one of some members of it, where it is known to be one."""
    if subject.type == type_:
        return subject
    return replace(
        subject,
        type=type_,
        term=compose(subject.term, narrowing(subject.type, type_)),
        place=None,
        held=False,
        borrows=subject.borrows if is_mutable(type_) else (),
    )


def _is_member(body: Body, subject: Lowered, type_: PyType) -> Lowered | None:
    known = members(subject.type)
    if known == (type_,):
        return None
    cases = Case(tuple((tag(member), Constant(BOOL, member == type_)) for member in known))
    return _bool(body, subject, compose(subject.at(body.level), cases))


def _has_count(body: Body, pattern: Items, subject: Lowered) -> Lowered | None:
    if pattern.rest is not None and not pattern.count:
        return None
    length = compose(subject.at(body.level), Primitive("length"))
    compared = Primitive("equal" if pattern.rest is None else "greater_equal")
    return _bool(body, subject, applied(compared, [length, Constant(INT, pattern.count)]))


def _bool(body: Body, subject: Lowered, term: Term) -> Lowered:
    return Lowered(PY_BOOL, term, body.level, calm=subject.calm, stable=subject.stable)


def _all(body: Body, found: Sequence[Lowered | None]) -> Lowered | None:
    whole: Lowered | None = None
    for one in reversed(found):
        whole = _both(body, one, whole)
    return whole


def _both(body: Body, first: Lowered | None, then: Lowered | None) -> Lowered | None:
    if first is None or then is None:
        return then if first is None else first
    return replace(first, term=If(first.at(body.level), then.at(body.level), Constant(BOOL, False)), level=body.level)


def _any(body: Body, found: Sequence[Lowered | None]) -> Lowered | None:
    tests = [one for one in found if one is not None]
    if len(tests) < len(found):
        return None
    whole, *others = reversed(tests)
    for one in others:
        either = If(one.at(body.level), Constant(BOOL, True), whole.at(body.level))
        whole = replace(whole, term=either, level=body.level)
    return whole


# ---- what is within --------------------------------------------------------------------------------------------------


def _parts(pattern: Parts, subject: Lowered) -> list[tuple[Pattern, Lowered]]:
    found = []
    for label, inner in pattern.parts:
        type_ = pattern.type
        field = type_.field(label) if isinstance(type_, PyClass) else None
        kind = field.type if field is not None else type_.elements[int(label)] if isinstance(type_, PyTuple) else None
        assert kind is not None
        node = inner.name if isinstance(inner, Named) else pattern.node
        found.append((inner, part(subject if subject.held else subject.as_value(), label, kind, node)))
    return found


def _items(body: Body, pattern: Items, subject: Lowered) -> list[tuple[Pattern, Lowered]]:
    whole, element = subject.at(body.level), pattern.type.element
    positions = [*range(len(pattern.first)), *range(-len(pattern.last), 0)]
    borrows = tuple(borrow.step(None, element) for borrow in subject.borrows) if is_mutable(element) else ()
    found: list[tuple[Pattern, Lowered]] = []
    for at, inner in zip(positions, (*pattern.first, *pattern.last), strict=True):
        term = applied(Primitive("list_index"), [whole, Constant(INT, at)])
        found.append((inner, Lowered(element, term, body.level, calm=True, stable=subject.stable, borrows=borrows)))
    if pattern.rest is not None:
        bounds = [Constant(INT, len(pattern.first)), Constant(INT, -len(pattern.last) or END), Constant(INT, 1)]
        term = applied(Primitive("list_slice"), [whole, *bounds])
        held = tuple(borrow.held() for borrow in borrows)
        rest = Lowered(PyList(element), term, body.level, calm=True, stable=subject.stable, borrows=held)
        found.append((pattern.rest, rest))
    return found


# ---- what its names stand for ----------------------------------------------------------------------------------------


def bindings(body: Body, pattern: Pattern, subject: Lowered) -> dict[str, Lowered]:
    """What each name of a pattern stands for, where the value matches it."""
    match pattern:
        case Named(name, inner):
            matched = viewed(subject, union_of(members_matched(inner, subject.type)))
            named = matched if matched.held and is_mutable(matched.type) else matched.as_value()
            return {name.id: named, **bindings(body, inner, subject)}
        case Member(type_, inner):
            return bindings(body, inner, viewed(subject, type_))
        case Parts():
            within = _parts(pattern, subject)
        case Items():
            within = _items(body, pattern, subject)
        case Either(patterns):
            return _of_alternatives(body, patterns, subject)
        case Anything() | Value():
            return {}
    found: dict[str, Lowered] = {}
    for inner, value in within:
        if next(names_of(inner), None) is not None:
            found |= bindings(body, inner, value)
    return found


def _of_alternatives(body: Body, patterns: Sequence[Pattern], subject: Lowered) -> dict[str, Lowered]:
    """What each name stands for: that of the first alternative that matches."""
    first, *others = patterns
    found = bindings(body, first, subject)
    if not others or not found:
        return found
    test = lower_pattern(body, first, subject)
    rest = _of_alternatives(body, others, subject)
    if test is None:
        return found
    both: dict[str, Lowered] = {}
    for name, value in found.items():
        other = rest[name]
        if value.type != other.type:
            node = next(one for one in names_of(others[0]) if one.id == name)
            raise body.problem(
                Code.TWO_TYPES,
                f"`{name}` would be `{shown(value.type)}` or `{shown(other.type)}`, whichever matches",
                node,
                "write a case for each",
            )
        term = If(test.at(body.level), value.at(body.level), other.at(body.level))
        both[name] = replace(value.as_value(), term=term, level=body.level, borrows=(*value.borrows, *other.borrows))
    return both
