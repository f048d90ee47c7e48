"""Conditions: what counts as true, what a test tells about the types on either side, and branching on both.

A test for None or a class of a single name or field becomes a case of its union: the branch has the value at its
narrower type. A test that is part of a larger condition narrows too, with a case at each use.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeVar, cast

from camshaft.category.terms import (
    Case,
    Constant,
    Distribute,
    Fork,
    Identity,
    If,
    Inject,
    Primitive,
    Term,
    compose,
)
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied
from camshaft.language.flow import Flow, Narrowing
from camshaft.language.lowered import Lowered, Path, overlap, written_path
from camshaft.language.names import is_builtin, object_of
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_NONE,
    PyBool,
    PyBytes,
    PyDict,
    PyDuration,
    PyFloat,
    PyFrozenSet,
    PyInt,
    PyList,
    PyLiteral,
    PyNever,
    PyNone,
    PySequence,
    PySet,
    PyStr,
    PyTuple,
    PyType,
    PyUnion,
    core,
    is_mutable,
    members,
    shown,
    tag,
)
from camshaft.language.scalars import is_of_class
from camshaft.language.unions import union_of
from camshaft.values.types import BOOL, DURATION, FLOAT, INT, STR, Variant

T = TypeVar("T")

Facts = Mapping[Path, PyType]


@dataclass(frozen=True, slots=True)
class Test:
    """A lowered condition, a Bool, with what is known where it holds and where it does not.

    `operand`: the value that was tested, where it is not a Bool itself. `split`: the whole condition asks which member
    of its union this value is, and holds for these members.
    """

    value: Lowered
    operand: Lowered
    true: Facts = field(default_factory=dict)
    false: Facts = field(default_factory=dict)
    split: tuple[Lowered, tuple[PyType, ...]] | None = None
    assigned_if_true: frozenset[str] = frozenset()
    """The variables that `:=` gives a value on the way to where the condition holds; those of every way are known."""
    assigned_if_false: frozenset[str] = frozenset()
    certain: bool = False
    """Whether it always holds, and only reads."""


def lower_test(body: Body, node: ast.expr, expected: PyType | None = PY_BOOL) -> Test:
    """Lower a condition. Raises Problem."""
    match node:
        case ast.BoolOp(op=op, values=[first, *others]):
            return all_of_them(body, lower_test(body, first), others, isinstance(op, ast.And), values=False)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = lower_test(body, operand)
            value = replace(inner.value, term=compose(inner.value.term, Primitive("not")))
            split = None
            if inner.split is not None:
                subject, holds = inner.split
                split = (subject, tuple(one for one in members(subject.type) if one not in holds))
            assigned = (inner.assigned_if_false, inner.assigned_if_true)
            return Test(value, value, inner.false, inner.true, split, *assigned)
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq() as op], comparators=[right]):
            negative = isinstance(op, ast.IsNot | ast.NotEq)
            if _is_none(right):
                return _membership(body, left, lower(body, left), (PY_NONE,), node, negative=negative)
            if _is_none(left):
                return _membership(body, right, lower(body, right), (PY_NONE,), node, negative=negative)
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject_node, classes], keywords=[]) if (
            "isinstance" not in body.names and is_builtin(body.unit.names, "isinstance")
        ):
            subject = lower(body, subject_node)
            return _membership(body, subject_node, subject, _classes(body, subject, classes), node, negative=False)
        case _:
            pass
    value = lower(body, node, expected)
    result = Test(truth(value), value)
    if isinstance(value.type, PyUnion) and PY_NONE in value.type.members and value.path and None not in value.path:
        rest = union_of(member for member in value.type.members if member != PY_NONE)
        result = replace(result, true={value.path: rest})
    return result


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _classes(body: Body, subject: Lowered, node: ast.expr) -> tuple[PyType, ...]:
    """The members of the subject's type that `isinstance` with these classes holds for."""
    nodes = node.elts if isinstance(node, ast.Tuple) else _alternatives(node)
    found: list[PyType] = []
    for one in nodes:
        cls = object_of(body.unit.names, one)
        matching = [member for member in members(subject.type) if is_of_class(member, cls)]
        found += matching
    if not found:
        raise body.problem(
            Code.CONDITION,
            f"`{ast.unparse(node)}` is not one of the types that a `{shown(subject.type)}` can be here",
            node,
            "name a member of its union",
        )
    return tuple(found)


def _alternatives(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_alternatives(node.left), *_alternatives(node.right)]
    return [node]


def _membership(
    body: Body, written: ast.expr, subject: Lowered, asked: tuple[PyType, ...], node: ast.AST, *, negative: bool
) -> Test:
    known = members(subject.type)
    holds = tuple(member for member in known if (member in asked) != negative)
    if len(known) < 2 or not any(member in asked for member in known):
        if not any(member in asked for member in members(_declared(body, written))):
            wanted = " or ".join("None" if one == PY_NONE else shown(one) for one in asked)
            raise body.problem(
                Code.CONDITION,
                f"this is never {wanted}: its type here is `{shown(subject.type)}`",
                node,
                "leave the test out, or make its type a union: `… | None`",
            )
        # An earlier test has told already.
        answer = compose(subject.term, Constant(BOOL, bool(holds)))
        value = replace(subject.as_value(), type=PY_BOOL, term=answer, wide=False, borrows=())
        return Test(value, value, certain=bool(holds) and subject.path is not None)
    branches = tuple((tag(member), Constant(BOOL, member in holds)) for member in known)
    value = replace(
        subject.as_value(), type=PY_BOOL, term=compose(subject.term, Case(branches)), borrows=(), level=subject.level
    )
    rest = tuple(member for member in known if member not in holds)
    if subject.path is None or None in subject.path:
        return Test(value, value)
    if subject.present is not None:
        # The variable says itself whether it is None; nothing has to be taken apart.
        negated = PY_NONE in holds
        there = replace(value, term=compose(subject.present, Primitive("not")) if negated else subject.present)
        true = {subject.path: union_of(holds)} if holds else {}
        return Test(there, there, true, {subject.path: union_of(rest)} if rest else {})
    true = {subject.path: union_of(holds)} if holds else {}
    false = {subject.path: union_of(rest)} if rest else {}
    return Test(value, value, true, false, (subject, holds) if holds and rest else None)


def _declared(body: Body, node: ast.expr) -> PyType:
    """The type that an expression has before any test."""
    flow = body.flow.copy()
    flow.narrowed.clear()
    return body.within(flow, lambda: lower(body, node)).type


def all_of_them(body: Body, first: Test, nodes: Sequence[ast.expr], conjunction: bool, *, values: bool) -> Test:
    """`a and b`, `a or b`: each condition is lowered knowing what those before it tell, where it is reached.

    `values`: the result is used as a value, so that each operand must be a `bool` itself.
    """
    facts = dict(first.true if conjunction else first.false)
    parts = [first.value]
    saved = dict(body.flow.narrowed)
    assigned = set(body.flow.assigned)
    reached = first.assigned_if_true if conjunction else first.assigned_if_false
    renamed: set[str] = set()
    given_away = dict(body.flow.given_away)
    for node in nodes:
        learn(body.flow, facts)
        body.flow.assigned |= reached
        following = lower_test(body, node)
        if values and following.operand.type != PY_BOOL:
            raise body.problem(
                Code.OPERATOR,
                f"this gives `bool` or `{shown(following.operand.type)}`, whichever decides",
                node,
                "make each side a `bool`: `… != 0`, `len(…) > 0`, or `bool(…)`",
            )
        renewed = _named_within(node)
        renamed |= renewed
        for path in [path for path in facts if path[0] in renewed or _touched(path, following.value)]:
            del facts[path]
        reached |= following.assigned_if_true if conjunction else following.assigned_if_false
        reached |= body.flow.assigned - assigned
        facts.update(following.true if conjunction else following.false)
        parts.append(following.value)
    # What was narrowed before and not forgotten meanwhile is known again.
    body.flow.narrowed = {
        path: found for path, found in saved.items() if path in body.flow.narrowed and path[0] not in renamed
    }
    body.flow.assigned = assigned
    # A variable that may not have been assigned anew may still be what it gave away.
    body.flow.given_away = {**given_away, **body.flow.given_away}
    short = Constant(BOOL, not conjunction)
    term = parts[-1].at(body.level)
    for one in reversed(parts[:-1]):
        condition = one.at(body.level)
        term = If(condition, term, short) if conjunction else If(condition, short, term)
    value = Lowered(
        PY_BOOL,
        term,
        body.level,
        calm=all(one.calm for one in parts),
        stable=all(one.stable for one in parts),
        writes=frozenset[str]().union(*(one.writes for one in parts)),
    )
    if conjunction:
        return Test(value, value, facts, assigned_if_true=reached)
    return Test(value, value, {}, facts, assigned_if_false=reached)


def _named_within(node: ast.expr) -> set[str]:
    return {one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr)}


def _touched(path: Path, value: Lowered) -> bool:
    return any(overlap(path, written_path(written)) for written in value.writes)


def learn(flow: Flow, facts: Facts) -> None:
    """From here on in this flow, these paths have these types."""
    for path, type_ in facts.items():
        flow.narrowed[path] = Narrowing(type_)


def truth(value: Lowered) -> Lowered:
    """What a value counts as in a condition, a Bool."""
    if value.type == PY_BOOL:
        return value
    return replace(value.as_value(), type=PY_BOOL, term=compose(value.term, _truth(value.type)), wide=False, borrows=())


def _truth(type_: PyType) -> Term:
    """value -> Bool, as Python's `bool`"""
    match type_:
        case PyBool():
            return Identity()
        case PyInt():
            return applied(Primitive("not_equal"), [Identity(), Constant(INT, 0)])
        case PyStr():
            return applied(Primitive("not_equal"), [Identity(), Constant(STR, "")])
        case PyFloat():
            return applied(Primitive("not_equal"), [Identity(), Constant(FLOAT, 0.0)])
        case PyDuration():
            return applied(Primitive("not_equal"), [Identity(), Constant(DURATION, 0)])
        case PyLiteral():
            truths = (
                (label, Constant(BOOL, bool(value))) for label, value in zip(type_.labels, type_.values, strict=True)
            )
            return Case(tuple(sorted(truths, key=lambda one: one[0])))
        case PyList() | PyDict() | PySequence() | PySet() | PyFrozenSet() | PyBytes():
            return compose(Primitive("length"), applied(Primitive("not_equal"), [Identity(), Constant(INT, 0)]))
        case PyUnion():
            return Case(tuple((tag(member), _truth(member)) for member in type_.members))
        case PyNone() | PyNever():
            return Constant(BOOL, False)
        case PyTuple():
            return Constant(BOOL, bool(type_.elements))
        case _:
            return Constant(BOOL, True)


# ---- branching -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branches(Generic[T]):
    """Branches that were lowered, each by its own flow: what each gave, its scope's level, and how to join them."""

    results: list[T]
    levels: list[int]
    term: Callable[[Sequence[Term]], Term]
    """From the branches' terms to the whole, environment -> b."""


def branch(body: Body, tested: Test, then: Callable[[], T], otherwise: Callable[[], T]) -> Branches[T]:
    """The one or the other, each lowered knowing what the test tells. Joins the flows."""
    if tested.split is not None:
        subject, holds = tested.split
        rest = tuple(member for member in members(subject.type) if member not in holds)
        return split(body, subject, [(holds, lambda _: then()), (rest, lambda _: otherwise())])
    true, false = body.flow.copy(), body.flow.copy()
    learn(true, tested.true)
    learn(false, tested.false)
    true.assigned |= tested.assigned_if_true
    false.assigned |= tested.assigned_if_false
    condition = tested.value.at(body.level)
    results = [body.within(true, then), body.within(false, otherwise)]
    body.flow.join([true, false])
    return Branches(results, [body.level] * 2, lambda terms: If(condition, terms[0], terms[1]))


def split(
    body: Body, subject: Lowered, groups: Sequence[tuple[tuple[PyType, ...], Callable[[Lowered], T]]]
) -> Branches[T]:
    """The branch of the group of members that the subject's member is in. Joins the flows.

    Distribution brings the environment into the branches. A group of several members gets its value as the union of
    those, so that its branch exists once: copies would double the code at each level.
    """
    known = members(subject.type)
    payloads = [union_of(group) for group, _ in groups]
    regrouped = len(groups) < len(known)
    labels = [f"{index:04}" if regrouped else tag(group[0]) for index, (group, _) in enumerate(groups)]
    value = subject.at(body.level)
    if regrouped:
        value = compose(value, _regroup(known, [group for group, _ in groups], labels, payloads))
    results = []
    flows = []
    for (_, build), payload in zip(groups, payloads, strict=True):
        flow, port = body.flow.inner(core(payload))
        inner = Lowered(
            payload,
            flow.scope.read(port),
            flow.scope.level,
            calm=True,
            stable=True,
            borrows=subject.borrows if is_mutable(payload) else (),
            path=subject.path,
        )
        if subject.path is not None and None not in subject.path:
            flow.narrowed[subject.path] = Narrowing(payload, None if subject.present is not None else port)
        results.append(body.within(flow, partial(build, inner)))
        flows.append(flow)
    body.flow.join(flows)

    def whole(terms: Sequence[Term]) -> Term:
        cases = Case(tuple(sorted(zip(labels, terms, strict=True), key=lambda one: one[0])))
        return compose(Fork((("0", Identity()), ("1", value))), Distribute("1"), cases)

    return Branches(results, [body.level + 1] * len(groups), whole)


def _regroup(
    known: Sequence[PyType], groups: Sequence[tuple[PyType, ...]], labels: Sequence[str], payloads: Sequence[PyType]
) -> Term:
    """union -> variant with one case for each group"""
    variant = Variant((label, core(payload)) for label, payload in zip(labels, payloads, strict=True))
    branches: list[tuple[str, Term]] = []
    for member in known:
        index = next(index for index, group in enumerate(groups) if member in group)
        inner: Term = Identity()
        if isinstance(payloads[index], PyUnion):
            inner = Inject(cast(Variant, core(payloads[index])), tag(member))
        branches.append((tag(member), compose(inner, Inject(variant, labels[index]))))
    return Case(tuple(branches))
