"""`match`: on a union, a case of its members with their fields bound; on a plain value, a chain of tests.

What no case matches falls through, as in Python.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Any, Final

from camshaft.category.terms import Constant, If, Primitive, Term, sequence
from camshaft.language import aliases, targets
from camshaft.language.access import part
from camshaft.language.body import Body, Ending, Rest, lower, statement
from camshaft.language.calls import called_object
from camshaft.language.conditions import Test, branch, lower_test, split
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import operation
from camshaft.language.iteration import bind, capture
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_INT,
    PY_NONE,
    PY_STR,
    PyBool,
    PyBytes,
    PyClass,
    PyEnum,
    PyFloat,
    PyInt,
    PyLiteral,
    PyStr,
    PyType,
    PyUnion,
    members,
    shown,
)
from camshaft.language.scalars import is_of_class
from camshaft.language.statements import block, check_unbound
from camshaft.language.statics import static
from camshaft.language.unsupported import unsupported
from camshaft.values.types import BOOL


@statement(ast.Match)
def match_(body: Body, node: ast.Match, rest: Rest) -> Term:
    """`match subject: case …`"""
    subject = lower(body, node.subject)
    if isinstance(subject.type, PyUnion):
        return _by_member(body, node, subject, rest.here)
    return body.bound_term(
        replace(subject, stable=subject.stable and subject.path is None),
        lambda value: _by_test(body, node, replace(value, path=subject.path), node.cases, rest.here),
    )


# ---- unions ----------------------------------------------------------------------------------------------------------


def _by_member(body: Body, node: ast.Match, subject: Lowered, ending: Ending) -> Term:
    remaining = list(members(subject.type))
    groups: list[Any] = []
    for case in node.cases:
        if case.guard is not None:
            raise body.problem(
                Code.PATTERN,
                "a guard on a case of a union is not supported yet",
                case.guard,
                "write an `if` within the case",
            )
        matched = _members(body, subject.type, case.pattern)
        taken = tuple(member for member in remaining if member in matched)
        if not taken:
            raise body.problem(
                Code.PATTERN,
                "this never matches: the cases before match all that it could",
                case.pattern,
                "leave it out",
            )
        remaining = [member for member in remaining if member not in taken]
        groups.append((taken, partial(_case, body, case, ending)))
    if remaining:
        groups.append((tuple(remaining), lambda _: block(body, [], ending, node)))
    branches = split(body, subject, groups)
    return branches.term(branches.results)


def _case(body: Body, case: ast.match_case, ending: Ending, value: Lowered) -> Term:
    starts = _bind_case(body, case.pattern, value)
    return sequence(*starts, block(body, case.body, ending, case.pattern))


def _members(body: Body, type_: PyType, pattern: ast.pattern) -> tuple[PyType, ...]:
    """The members of a union that a pattern matches, whatever their fields. Raises Problem."""
    found: list[PyType]
    match pattern:
        case ast.MatchAs(pattern=None):
            return members(type_)
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _members(body, type_, inner)
        case ast.MatchOr(patterns=patterns):
            return tuple(member for one in patterns for member in _members(body, type_, one))
        case ast.MatchSingleton(value=None):
            found = [member for member in members(type_) if member == PY_NONE]
        case ast.MatchClass(cls=cls):
            obj = called_object(body, cls)
            found = [member for member in members(type_) if is_of_class(member, obj)]
        case ast.MatchValue() | ast.MatchSingleton():
            raise body.problem(
                Code.PATTERN,
                f"a value as a case of `{shown(type_)}` is not supported yet",
                pattern,
                "match the class, and compare within the case: `case int(): if x == 0: …`",
            )
        case _:
            reason = unsupported(pattern)
            raise body.problem(Code.UNSUPPORTED, reason.message, pattern, reason.help)
    if not found:
        raise body.problem(
            Code.PATTERN, f"a `{shown(type_)}` is never this", pattern, "name one of the members of the union"
        )
    return tuple(found)


# ---- binding ---------------------------------------------------------------------------------------------------------


def _bind_case(body: Body, pattern: ast.pattern, value: Lowered) -> list[Term]:
    """Bind the names of a case's pattern to a value that it matches; the terms assign those that are variables."""
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            terms = [] if inner is None else _bind_case(body, inner, value)
            return terms if name is None else [*terms, *_bind_name(body, pattern, name, value)]
        case ast.MatchOr(patterns=patterns):
            for one in patterns:
                if any(isinstance(inner, ast.MatchAs) and inner.name is not None for inner in ast.walk(one)):
                    raise body.problem(
                        Code.PATTERN, "a name within `|` is not supported yet", one, "write a case for each"
                    )
                _bind_case(body, one, value)
            return []
        case ast.MatchClass():
            found = _fields(body, pattern, value)
            return [term for inner, field in found for term in _bind_field(body, inner, field)]
        case _:
            return []


def _bind_field(body: Body, pattern: ast.pattern, value: Lowered) -> list[Term]:
    """Bind the names of a pattern within a class pattern, which must match every value of the field."""
    match pattern:
        case ast.MatchAs(pattern=inner, name=name):
            terms = [] if inner is None else _bind_field(body, inner, value)
            return terms if name is None else [*terms, *_bind_name(body, pattern, name, value)]
        case ast.MatchClass(cls=cls) if is_of_class(value.type, called_object(body, cls)):
            found = _fields(body, pattern, value)
            return [term for inner, field in found for term in _bind_field(body, inner, field)]
        case _:
            raise body.problem(
                Code.PATTERN,
                "within a case of a class only names, `_` and the field's own class are supported yet",
                pattern,
                "bind the field to a name, and test or `match` it within the case",
            )


def _fields(body: Body, pattern: ast.MatchClass, value: Lowered) -> list[tuple[ast.pattern, Lowered]]:
    """The patterns within a class pattern, each with the field that it is for. Raises Problem."""
    inner = [*pattern.patterns, *pattern.kwd_patterns]
    if not inner:
        return []
    if not isinstance(value.type, PyClass):
        if len(inner) == 1 and pattern.patterns and value.type in (PY_INT, PY_STR, PY_BOOL):
            return [(inner[0], value)]
        raise body.problem(
            Code.PATTERN, f"a `{shown(value.type)}` has no fields to match", pattern, "leave the parentheses empty"
        )
    names = [*getattr(value.type.cls, "__match_args__", ())[: len(pattern.patterns)], *pattern.kwd_attrs]
    if len(names) < len(inner):
        raise body.problem(Code.PATTERN, f"`{shown(value.type)}` has fewer fields than this", pattern, "leave some out")
    found = []
    for one, name in zip(inner, names, strict=True):
        field = value.type.field(name)
        if field is None:
            raise body.problem(Code.PATTERN, f"`{shown(value.type)}` has no field `{name}`", one, "name a field of it")
        found.append((one, part(value.as_value(), name, field.type, one)))
    return found


def _bind_name(body: Body, pattern: ast.MatchAs, name: str, value: Lowered) -> list[Term]:
    node = ast.copy_location(ast.Name(name, ast.Store()), pattern)
    captured = capture(body, node, value.as_value(), value.borrows)
    if name in body.names.slots:
        return [targets.assign_variable(body, node, captured.value, node)]
    check_unbound(body, node)
    if value.borrows:
        aliases.watch(body, value.as_value(), node, iterated=False)
    bind(body, captured)
    return []


# ---- plain values ----------------------------------------------------------------------------------------------------


def _by_test(body: Body, node: ast.Match, subject: Lowered, cases: Sequence[ast.match_case], ending: Ending) -> Term:
    if not cases:
        return block(body, [], ending, node)
    case, *others = cases
    condition = (
        None
        if _is_all_that_is_left(body, subject.type, case.pattern, node.cases[: -len(cases)])
        else _matches(body, case.pattern, subject)
    )
    otherwise = partial(_by_test, body, node, subject, others, ending)
    then = partial(_case, body, case, ending, subject)
    if condition is None and case.guard is None:
        if others:
            raise body.problem(
                Code.PATTERN,
                "this never matches: the case before matches everything",
                others[0].pattern,
                "leave it out",
            )
        flow = body.flow.copy()
        term = body.within(flow, then)
        body.flow.join([flow])
        return term
    if case.guard is None:
        assert condition is not None
        branches = branch(body, Test(condition, condition), then, otherwise)
        return branches.term(branches.results)
    guard = body.within(body.flow.copy(), partial(_guard, body, case, subject))
    if condition is not None:
        whole = If(condition.at(body.level), guard.at(body.level), Constant(BOOL, False))
        guard = replace(guard, term=whole, level=body.level)
    branches = branch(body, Test(guard, guard), then, otherwise)
    return branches.term(branches.results)


def _is_all_that_is_left(body: Body, type_: PyType, pattern: ast.pattern, before: Sequence[ast.match_case]) -> bool:
    """Whether a pattern matches whatever the cases before it have left of a type of a few values."""
    if isinstance(type_, PyEnum):
        all_ = {name for name, _ in type_.members}
    elif isinstance(type_, PyLiteral):
        all_ = set(type_.labels)
    else:
        all_ = {"True", "False"} if type_ == PY_BOOL else {""}
    patterns = [pattern, *(case.pattern for case in before if case.guard is None)]
    return all_ <= {label for one in patterns for label in _labels(body, one)}


def _labels(body: Body, pattern: ast.pattern) -> set[str]:
    """The values that a pattern names, of an enum, a literal type or `bool`."""
    match pattern:
        case (
            ast.MatchSingleton(value=bool() as value) | ast.MatchValue(value=ast.Constant(value=str() | int() as value))
        ):
            return {str(value)}
        case ast.MatchValue(value=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value))):
            return {str(-value)}
        case ast.MatchValue(value=node):
            found = static(body, node)
            return {found.name} if isinstance(found, Enum) else set()
        case ast.MatchOr(patterns=patterns):
            return {label for one in patterns for label in _labels(body, one)}
        case _:
            return set()


def _guard(body: Body, case: ast.match_case, subject: Lowered) -> Lowered:
    assert case.guard is not None
    if isinstance(case.pattern, ast.MatchAs) and case.pattern.name is not None:
        node = ast.copy_location(ast.Name(case.pattern.name, ast.Store()), case.pattern)
        bind(body, capture(body, node, subject.as_value(), subject.borrows))
    return lower_test(body, case.guard).value


def _matches(body: Body, pattern: ast.pattern, subject: Lowered) -> Lowered | None:
    """Whether a value matches, a Bool; None where it always does. Raises Problem."""
    match pattern:
        case ast.MatchAs(pattern=None):
            return None
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return _matches(body, inner, subject)
        case ast.MatchOr(patterns=patterns):
            found = [_matches(body, one, subject) for one in patterns]
            if any(one is None for one in found):
                return None
            whole, *others = [one for one in found if one is not None]
            for one in others:
                either = If(whole.at(body.level), Constant(BOOL, True), one.at(body.level))
                whole = replace(whole, term=either, level=body.level)
            return whole
        case ast.MatchValue(value=value):
            return _equals(body, subject, value)
        case ast.MatchSingleton(value=bool() as value):
            return _equals(body, subject, ast.copy_location(ast.Constant(value), pattern))
        case ast.MatchClass(cls=cls) if is_of_class(subject.type, called_object(body, cls)):
            return None
        case ast.MatchClass() | ast.MatchSingleton():
            raise body.problem(
                Code.PATTERN, f"a `{shown(subject.type)}` is never this", pattern, "name a value or the class of it"
            )
        case _:
            reason = unsupported(pattern)
            raise body.problem(Code.UNSUPPORTED, reason.message, pattern, reason.help)


_CONSTANTS: Final = (PyInt, PyBool, PyStr, PyFloat, PyBytes, PyEnum, PyLiteral)


def _equals(body: Body, subject: Lowered, node: ast.expr) -> Lowered:
    value = lower(body, node, subject.type)
    if value.type != subject.type or not isinstance(value.type, _CONSTANTS):
        raise _never_equal(body, subject, node)
    return operation(body, PY_BOOL, Primitive("equal"), [(subject, node), (value, node)])


def _never_equal(body: Body, subject: Lowered, node: ast.expr) -> Problem:
    return body.problem(
        Code.PATTERN, f"a `{shown(subject.type)}` is never equal to this", node, "match values of its own type"
    )
