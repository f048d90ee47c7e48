"""`match`: its cases one after the other. A run of cases that only ask for members of a union is one case of it.

What no case matches falls through, as in Python. Where the cases leave nothing out, the last is not tested.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from camshaft.category.terms import Constant, If, Term, sequence
from camshaft.language import homes, references, targets
from camshaft.language.body import Body, Ending, Rest, lower, statement
from camshaft.language.conditions import Test, branch, lower_test, split
from camshaft.language.diagnostics import Code
from camshaft.language.exhaustiveness import TooManyCombinations, can_match, missing
from camshaft.language.fitting import check_order
from camshaft.language.iteration import Capture, bind, capture
from camshaft.language.locating import with_keys
from camshaft.language.lowered import Lowered, PlaceRef
from camshaft.language.pattern_tests import bindings, lower_pattern
from camshaft.language.patterns import (
    Pattern,
    always_matches,
    is_of_members,
    is_wildcard,
    members_matched,
    names_of,
    typed,
)
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_NONE,
    PyType,
    PyUnion,
    is_mutable,
    members,
    shown,
)
from camshaft.language.statements import block, check_unbound
from camshaft.language.unions import union_of
from camshaft.values.types import BOOL


@dataclass(frozen=True, slots=True)
class TypedCase:
    """A case with its pattern. `assumed`: the cases before match all that this one does not."""

    node: ast.match_case
    pattern: Pattern
    assumed: bool = False

    @property
    def only_members(self) -> bool:
        """Whether the case asks for nothing but members of a union."""
        return self.node.guard is None and not self.assumed and is_of_members(self.pattern)


@dataclass(frozen=True, slots=True)
class Match:
    """A `match` while it is lowered: its cases, whether they leave nothing out, and what follows it."""

    node: ast.Match
    cases: list[TypedCase] = field(default_factory=list)
    ending: Ending = Ending.FALL


@statement(ast.Match)
def match_(body: Body, node: ast.Match, rest: Rest) -> Term:
    """`match subject: case …`"""
    subject = lower(body, node.subject)
    found = Match(node, _typed_cases(body, node, subject.type, rest.here), rest.here)
    if all(case.only_members for case in found.cases) and isinstance(subject.type, PyUnion):
        return _cases(body, found, found.cases, subject)
    if subject.place is None or not is_mutable(subject.type):
        return _bound(body, found, subject, None)

    def with_place(place: PlaceRef) -> Term:
        return _bound(body, found, replace(subject, term=place.get(body.level), level=body.level), place)

    # A name that a case binds stands for a part of the subject, under the keys that it had then.
    fixed = replace(subject.place, keys=tuple(replace(key, stable=False) for key in subject.place.keys))
    return with_keys(body, fixed, with_place)


def _bound(body: Body, found: Match, subject: Lowered, place: PlaceRef | None) -> Term:
    """The cases on a subject that is evaluated once; `place` is where its parts may be named."""
    return body.bound_term(
        replace(subject, stable=subject.stable and subject.path is None),
        lambda value: _cases(
            body, found, found.cases, replace(value, path=subject.path, place=place, held=place is not None)
        ),
    )


def _typed_cases(body: Body, node: ast.Match, type_: PyType, ending: Ending) -> list[TypedCase]:
    """The cases with their patterns, each of which can match something. Raises Problem."""
    cases: list[TypedCase] = []
    covered: list[Pattern] = []
    for case in node.cases:
        pattern = typed(body, case.pattern, type_)
        try:
            reached = can_match(pattern, covered, type_)
        except TooManyCombinations:
            reached = True
        if not reached and is_wildcard(pattern):
            continue  # never run, as in Python: type checkers that see less than this one ask for it
        if not reached:
            raise body.problem(
                Code.PATTERN,
                "this never matches: the cases before match all that it could",
                case.pattern,
                "leave it out",
            )
        if case.guard is None:
            covered.append(pattern)
        cases.append(TypedCase(case, pattern))
    if _leaves_out(body, node, covered, type_, ending):
        return cases
    return [*cases[:-1], replace(cases[-1], assumed=True)]


def _leaves_out(body: Body, node: ast.Match, covered: Sequence[Pattern], type_: PyType, ending: Ending) -> bool:
    """Whether there is a value that no case matches. Raises Problem where a result would be missing then."""
    try:
        found = missing(covered, type_)
    except TooManyCombinations:
        found = "_"
    if found is not None and ending is Ending.RETURN and body.result != PY_NONE:
        raise body.problem(
            Code.NO_RETURN,
            f"no case matches `{found}`, and the method promises `{shown(body.result)}`",
            node.subject,
            f"write `case {found}:`, or `case _:` for all that is left",
            here="not every value of this has a case",
        )
    return found is not None


# ---- one after the other ---------------------------------------------------------------------------------------------


def _cases(body: Body, whole: Match, cases: Sequence[TypedCase], subject: Lowered) -> Term:
    """environment -> (), or the result: what the first case does that matches."""
    if not cases:
        return block(body, [], whole.ending, whole.node)
    case, *others = cases
    if case.assumed or (case.node.guard is None and always_matches(case.pattern)):
        flow = body.flow.copy()
        term = body.within(flow, partial(_case, body, whole, case, subject))
        body.flow.join([flow])
        return term
    if case.only_members:
        return _by_member(body, whole, cases, subject)
    otherwise = partial(_cases, body, whole, others, subject)
    captures = _captures(body, case, subject)
    tested = _tested(body, whole, case, subject, captures)
    branches = branch(body, tested, partial(_case, body, whole, case, subject, captures), otherwise)
    return branches.term(branches.results)


def _by_member(body: Body, whole: Match, cases: Sequence[TypedCase], subject: Lowered) -> Term:
    """One case of the union for each of the cases that only ask for members of it, and one for all that is left."""
    remaining = list(members(subject.type))
    groups: list[tuple[tuple[PyType, ...], Callable[[Lowered], Term]]] = []
    left = list(cases)
    while left and left[0].only_members and remaining:
        case = left.pop(0)
        matched = members_matched(case.pattern, subject.type)
        taken = tuple(member for member in remaining if member in matched)
        remaining = [member for member in remaining if member not in taken]
        groups.append((taken, partial(_case, body, whole, case)))
    if remaining:
        groups.append((tuple(remaining), lambda value: _cases(body, whole, left, value)))
    if len(groups) == 1:
        return groups[0][1](subject)
    branches = split(body, subject, groups)
    return branches.term(branches.results)


def _case(
    body: Body, whole: Match, case: TypedCase, subject: Lowered, captures: Sequence[Capture] | None = None
) -> Term:
    known = _captures(body, case, subject) if captures is None else captures
    _learn(body, case, subject)
    starts = [term for one in known for term in _bind(body, one)]
    return sequence(*starts, block(body, case.node.body, whole.ending, case.node.pattern))


def _learn(body: Body, case: TypedCase, subject: Lowered) -> None:
    """In this flow, the subject is one of the members that the case matches."""
    matched = members_matched(case.pattern, subject.type)
    if subject.path is not None and None not in subject.path and len(matched) < len(members(subject.type)):
        body.flow.narrow(subject.path, union_of(matched))


# ---- tests and names -------------------------------------------------------------------------------------------------


def _tested(body: Body, whole: Match, case: TypedCase, subject: Lowered, captures: Sequence[Capture]) -> Test:
    """Whether a case matches: its pattern, and its guard where that does."""
    matches = lower_pattern(body, case.pattern, subject)
    if case.node.guard is None:
        assert matches is not None
        return Test(matches, matches)
    guard_node = case.node.guard
    for one in captures:
        if one.node.id in body.names.slots and is_mutable(one.value.type):
            raise body.problem(
                Code.PATTERN,
                f"`{one.node.id}` would be assigned before the guard, also where that does not hold",
                one.node,
                "bind another name here, and assign it within the case",
            )
    flow = body.flow.copy()

    def guard() -> Test:
        # As in Python, a variable has what the pattern gave it by now, and keeps it where the guard does not hold.
        starts = [term for one in captures for term in _bind(body, one)]
        _learn(body, case, subject)
        tested = lower_test(body, guard_node)
        if not starts:
            return tested
        term = sequence(*starts, tested.value.at(body.level))
        value = replace(tested.value, term=term, level=body.level, calm=False, stable=False)
        return replace(tested, value=value)

    found = body.within(flow, guard)
    # What the guard changes is changed on both ways.
    body.flow.join([body.flow.copy(), flow])
    value = found.value
    check_order(body, [(subject, whole.node.subject), (value, guard_node)])
    if matches is None:
        return Test(value, value, found.true, found.false)
    term = If(matches.at(body.level), value.at(body.level), Constant(BOOL, False))
    either = Lowered(
        PY_BOOL, term, body.level, calm=matches.calm and value.calm, stable=matches.stable and value.stable,
        writes=value.writes,
    )  # fmt: skip
    return Test(either, either, found.true)


def _captures(body: Body, case: TypedCase, subject: Lowered) -> list[Capture]:
    """The names of a case, each with what it stands for where the case matches. Raises Problem."""
    names = {name.id: name for name in names_of(case.pattern)}
    if not names:
        return []
    found = bindings(body, case.pattern, subject)
    return [capture(body, names[name], value, value.borrows) for name, value in found.items()]


def _bind(body: Body, one: Capture) -> list[Term]:
    """From here on in this flow, a name stands for what it matched; the terms assign those that are variables."""
    if one.node.id in body.names.slots:
        return [targets.assign_variable(body, one.node, one.value, one.node)]
    check_unbound(body, one.node)
    if one.value.place is not None:
        return [references.show(body, one.node, one.value)[1]]
    if one.value.borrows and is_mutable(one.value.type):
        body.flow.homes[one.root] = homes.shown(one.value.borrows, one.node)
    bind(body, one)
    return []
