"""Patterns with their types: what each pattern of a `match` asks of a value of the type that it meets.

Nothing here makes terms, except for the constants that values are compared with. A pattern that could never match is
refused, since its author believes something about the subject that is not so.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from camshaft.category.terms import Constant
from camshaft.language.body import Body, lower
from camshaft.language.calls import called_object
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_INT,
    PY_NONE,
    PyClass,
    PyList,
    PySequence,
    PyTuple,
    PyType,
    PyUnion,
    core,
    members,
    shown,
)
from camshaft.language.scalars import is_of_class
from camshaft.language.unsupported import unsupported
from camshaft.values.types import FLOAT

# ---- what there is ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Anything:
    """Every value of the type."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a pattern matches, with a name for it."""

    name: ast.Name
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a union, and what its value must be like."""

    type: PyType
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Parts:
    """An object of a class or a fixed tuple: what some of its fields or elements must be like, each by its label."""

    type: PyClass | PyTuple
    parts: tuple[tuple[str, Pattern], ...]
    node: ast.pattern


@dataclass(frozen=True, slots=True)
class Items:
    """A list, or a tuple of any length: what its first and last elements must be like; `rest` are those between."""

    type: PyList | PySequence
    first: tuple[Pattern, ...]
    rest: Pattern | None = None
    last: tuple[Pattern, ...] = ()

    @property
    def count(self) -> int:
        """How many elements there are at least."""
        return len(self.first) + len(self.last)


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is equal to this one. `key` tells equal ones, None where it is known only when it runs."""

    value: Lowered
    node: ast.expr
    key: object


@dataclass(frozen=True, slots=True)
class Either:
    """What one of several patterns matches, the first of them."""

    patterns: tuple[Pattern, ...]


Pattern: TypeAlias = Anything | Named | Member | Parts | Items | Value | Either

ANYTHING: Final = Anything()

_WHOLE: Final = frozenset({bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple})
"""The classes whose one pattern by position is for the object itself."""


# ---- reading them ----------------------------------------------------------------------------------------------------


def typed(body: Body, pattern: ast.pattern, type_: PyType) -> Pattern:
    """A pattern for a value of a type. Raises Problem."""
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            found = ANYTHING if inner is None else typed(body, inner, type_)
            return found if name is None else Named(ast.copy_location(ast.Name(name, ast.Store()), pattern), found)
        case ast.MatchOr(patterns=patterns):
            return Either(tuple(typed(body, one, type_) for one in patterns))
        case ast.MatchMapping():
            reason = unsupported(pattern)
            raise body.problem(Code.UNSUPPORTED, reason.message, pattern, reason.help)
        case _:
            pass
    if not isinstance(type_, PyUnion):
        return _of_one(body, pattern, type_)
    if isinstance(pattern, ast.MatchClass):
        asked = called_object(body, pattern.cls)
        possible = [one for one in members(type_) if is_of_class(one, asked)]
    elif isinstance(pattern, ast.MatchSequence):
        possible = [one for one in members(type_) if _has_elements(one, pattern)]
    elif isinstance(pattern, ast.MatchSingleton):
        possible = [one for one in members(type_) if one == (PY_NONE if pattern.value is None else PY_BOOL)]
    else:
        assert isinstance(pattern, ast.MatchValue)
        value = lower(body, pattern.value, type_)
        possible = [one for one in members(type_) if one == value.type or (_is_float(one) and value.type == PY_INT)]
    if not possible:
        raise _never(body, pattern, type_)
    found_ones = [Member(one, _of_one(body, pattern, one)) for one in possible]
    return found_ones[0] if len(found_ones) == 1 else Either(tuple(found_ones))


def _never(body: Body, pattern: ast.pattern, type_: PyType) -> Problem:
    if isinstance(type_, PyUnion):
        help_ = "name one of the members of the union"
    else:
        help_ = "match a value or the class of its own type"
    return body.problem(Code.PATTERN, f"a `{shown(type_)}` is never this", pattern, help_)


def _of_one(body: Body, pattern: ast.pattern, type_: PyType) -> Pattern:
    """A pattern for a value of a type that is no union."""
    match pattern:
        case ast.MatchSingleton(value=None) if type_ == PY_NONE:
            return ANYTHING
        case ast.MatchSingleton(value=bool() as value) if type_ == PY_BOOL:
            node = ast.copy_location(ast.Constant(value), pattern)
            return Value(constant(PY_BOOL, value, body.level), node, value)
        case ast.MatchValue(value=node):
            return _value(body, pattern, node, type_)
        case ast.MatchClass() if is_of_class(type_, asked := called_object(body, pattern.cls)):
            return _class(body, pattern, type_, asked)
        case ast.MatchSequence() if _has_elements(type_, pattern):
            return _sequence(body, pattern, type_)
        case _:
            raise _never(body, pattern, type_)


def _value(body: Body, pattern: ast.pattern, node: ast.expr, type_: PyType) -> Value:
    value = lower(body, node, type_)
    if _is_float(type_) and value.type == PY_INT and isinstance(value.term, Constant):
        number = value.term.value
        if abs(number) > 2**53:
            raise _never(body, pattern, type_)
        value = constant(type_, float(number), body.level)
    if value.type != type_:
        raise _never(body, pattern, type_)
    if isinstance(type_, PyClass | PyTuple | PySequence | PyList):
        raise body.problem(
            Code.PATTERN, f"a `{shown(type_)}` is matched by its parts", pattern, "write its class with its fields"
        )
    key = value.term.value if isinstance(value.term, Constant) else None
    return Value(value, node, key)


def _is_float(type_: PyType) -> bool:
    return core(type_) is FLOAT


def _class(body: Body, pattern: ast.MatchClass, type_: PyType, asked: object) -> Pattern:
    inner = [*pattern.patterns, *pattern.kwd_patterns]
    if not inner:
        return ANYTHING
    if not isinstance(type_, PyClass):
        if len(inner) == 1 and pattern.patterns and asked in _WHOLE:
            return typed(body, inner[0], type_)
        raise body.problem(
            Code.PATTERN, f"a `{shown(type_)}` has no fields to match", pattern, "leave the parentheses empty"
        )
    names = [*getattr(type_.cls, "__match_args__", ())[: len(pattern.patterns)], *pattern.kwd_attrs]
    if len(names) < len(inner):
        raise body.problem(Code.PATTERN, f"`{shown(type_)}` has fewer fields than this", pattern, "leave some out")
    parts: list[tuple[str, Pattern]] = []
    for one, name in zip(inner, names, strict=True):
        field = type_.field(name)
        if field is None:
            raise body.problem(Code.PATTERN, f"`{shown(type_)}` has no field `{name}`", one, "name a field of it")
        if any(name == known for known, _ in parts):
            raise body.problem(Code.PATTERN, f"`{name}` is matched twice", one, "match it once")
        parts.append((name, typed(body, one, field.type)))
    return Parts(type_, tuple(parts), pattern)


# ---- sequences -------------------------------------------------------------------------------------------------------


def _star(pattern: ast.MatchSequence) -> int | None:
    return next((index for index, one in enumerate(pattern.patterns) if isinstance(one, ast.MatchStar)), None)


def _has_elements(type_: PyType, pattern: ast.MatchSequence) -> bool:
    """Whether a value of a type can have as many elements as a pattern asks for."""
    match type_:
        case PyTuple(elements):
            star = _star(pattern)
            return len(elements) == len(pattern.patterns) if star is None else len(elements) > len(pattern.patterns) - 2
        case PyList() | PySequence():
            return True
        case _:
            return False


def _sequence(body: Body, pattern: ast.MatchSequence, type_: PyType) -> Pattern:
    star = _star(pattern)
    if isinstance(type_, PyTuple):
        return _tuple(body, pattern, type_, star)
    assert isinstance(type_, PyList | PySequence)
    if star is None:
        return Items(type_, tuple(typed(body, one, type_.element) for one in pattern.patterns))
    first, last = pattern.patterns[:star], pattern.patterns[star + 1 :]
    return Items(
        type_,
        tuple(typed(body, one, type_.element) for one in first),
        _rest(pattern.patterns[star]),
        tuple(typed(body, one, type_.element) for one in last),
    )


def _rest(pattern: ast.pattern) -> Pattern:
    assert isinstance(pattern, ast.MatchStar)
    if pattern.name is None:
        return ANYTHING
    return Named(ast.copy_location(ast.Name(pattern.name, ast.Store()), pattern), ANYTHING)


def _tuple(body: Body, pattern: ast.MatchSequence, type_: PyTuple, star: int | None) -> Pattern:
    patterns: list[ast.pattern | None] = list(pattern.patterns)
    if star is not None:
        starred = pattern.patterns[star]
        assert isinstance(starred, ast.MatchStar)
        if starred.name is not None:
            raise body.problem(
                Code.PATTERN,
                f"the elements of `{shown(type_)}` have types of their own: they are no list",
                starred,
                "bind each to a name of its own, or write `*_`",
            )
        patterns[star : star + 1] = [None] * (len(type_.elements) - len(pattern.patterns) + 1)
    return Parts(
        type_,
        tuple(
            (str(index), typed(body, one, element))
            for index, (one, element) in enumerate(zip(patterns, type_.elements, strict=True))
            if one is not None
        ),
        pattern,
    )


# ---- what can be said of them ----------------------------------------------------------------------------------------


def names_of(pattern: Pattern) -> Iterator[ast.Name]:
    """The names that a pattern binds."""
    match pattern:
        case Named(name, inner):
            yield name
            yield from names_of(inner)
        case Member(_, inner):
            yield from names_of(inner)
        case Parts(parts=parts):
            for _, one in parts:
                yield from names_of(one)
        case Items(_, first, rest, last):
            for one in (*first, *([rest] if rest is not None else []), *last):
                yield from names_of(one)
        case Either(patterns):
            yield from names_of(patterns[0])  # all alternatives bind the same ones
        case Anything() | Value():
            pass


def always_matches(pattern: Pattern) -> bool:
    """Whether a pattern matches every value of its type, seen without counting members and values."""
    match pattern:
        case Anything():
            return True
        case Named(_, inner):
            return always_matches(inner)
        case Parts(parts=parts):
            return all(always_matches(one) for _, one in parts)
        case Items(_, first, rest, last):
            return rest is not None and not first and not last
        case Either(patterns):
            return any(map(always_matches, patterns))
        case Member() | Value():
            return False


def is_wildcard(pattern: Pattern) -> bool:
    """Whether a pattern is `_` or a name."""
    return isinstance(pattern.pattern if isinstance(pattern, Named) else pattern, Anything)


def members_matched(pattern: Pattern, type_: PyType) -> tuple[PyType, ...]:
    """The members of a union that a pattern can match."""
    match pattern:
        case Named(_, inner):
            return members_matched(inner, type_)
        case Member(member):
            return (member,)
        case Either(patterns):
            found = dict.fromkeys(member for one in patterns for member in members_matched(one, type_))
            return tuple(member for member in members(type_) if member in found)
        case _:
            return members(type_)


def is_of_members(pattern: Pattern) -> bool:
    """Whether a pattern asks for nothing but certain members of a union."""
    match pattern:
        case Named(_, inner):
            return is_of_members(inner)
        case Member(_, inner):
            return always_matches(inner)
        case Either(patterns):
            return all(map(is_of_members, patterns))
        case _:
            return always_matches(pattern)
