"""Values of one type where another is wanted: unions take their members, integers are checked for size."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from camshaft.category.subterms import anew
from camshaft.category.terms import Case, Constant, Fork, Identity, Inject, Primitive, Project, Term, Trap, compose
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.literals import includes, inclusion
from camshaft.language.lowered import Lowered, capped, overlap, shown_path, written_path
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_FLOAT,
    PY_INT,
    PY_NONE,
    PY_STR,
    PyLiteral,
    PySequence,
    PyTuple,
    PyType,
    core,
    is_mutable,
    is_optional,
    members,
    shown,
    tag,
)
from camshaft.language.unions import UnionProblem, union_of
from camshaft.values.types import STR, Variant


def widening(source: PyType, target: PyType) -> Term:
    """source's value -> target's value, where the other type includes each member of the one."""
    if source == target:
        return Identity()

    def widened(member: PyType) -> Term:
        found = next(one for one in members(target) if _takes(one, member))
        inner = _inclusion(member, found)
        return compose(inner, Inject(cast(Variant, core(target)), tag(found))) if len(members(target)) > 1 else inner

    if len(members(source)) == 1:
        return widened(source)
    # In the order of the cases, which is that of the labels, as is the order of a union's members.
    return Case(tuple((tag(member), widened(member)) for member in members(source)))


def _takes(type_: PyType, other: PyType) -> bool:
    """Whether every value of the other type is one of a type; neither is a union."""
    if isinstance(type_, PySequence) and isinstance(other, PyTuple):
        # Elements that can change keep their places: each is known by its own.
        return not is_mutable(other) and all(fits(one, type_.element) for one in other.elements)
    return includes(type_, other)


def _inclusion(source: PyType, target: PyType) -> Term:
    if not isinstance(target, PySequence) or not isinstance(source, PyTuple):
        return inclusion(source, target)
    if not source.elements:
        return Constant(core(target), [])
    return collected(
        [compose(Project(str(at)), widening(one, target.element)) for at, one in enumerate(source.elements)]
    )


def narrowing(source: PyType, target: PyType) -> Term:
    """source's value -> target's value, where what is known here excludes the other members.

    The branches of those are a trap and not some value of the type, so that a mistake here would be loud.
    """
    branches: list[tuple[str, Term]] = []
    for member in members(source):
        if member not in members(target):
            message = f"a value excluded here was of type {shown(member)}"
            branches.append((tag(member), compose(Constant(STR, message), Trap("AssertionError"))))
        elif len(members(target)) == 1:
            branches.append((tag(member), Identity()))
        else:
            branches.append((tag(member), Inject(cast(Variant, core(target)), tag(member))))
    return Case(tuple(branches))


def fits(source: PyType, target: PyType) -> bool:
    """Whether every value of the one type is one of the other."""
    return source == target or all(any(_takes(one, member) for one in members(target)) for member in members(source))


def fitted(body: Body, value: Lowered, target: PyType, node: ast.AST, what: str = "") -> Lowered:
    """The value as one of the target's type, checked for size. `what` names its place. Raises Problem."""
    if not fits(value.type, target):
        place = f"{what} is" if what else "the value here must be"
        raise body.problem(
            Code.MISMATCH,
            f"{place} `{shown(target)}`, and this is `{shown(value.type)}`",
            node,
            _advice(value.type, target),
        )
    value = capped(value)
    body.mark(value.term, node)
    if value.type == target:
        return value
    return replace(value.as_value(), type=target, term=compose(value.term, widening(value.type, target)))


def _advice(source: PyType, target: PyType) -> str:
    if is_optional(source) and PY_NONE not in members(target):
        rest = union_of(member for member in members(source) if member != PY_NONE)
        if fits(rest, target):
            return "test it first: `if x is None: …` for a variable `x` that holds it"
    few = next((member for member in members(target) if isinstance(member, PyLiteral)), None)
    if few is not None and source == few.base:
        return f"write one of {', '.join(map(repr, few.values))}, or take it as a parameter of this type"
    match source, target:
        case (s, t) if s == PY_INT and t == PY_STR:
            return "write `str(…)`"
        case (s, t) if s == PY_INT and t == PY_FLOAT:
            return "write `float(…)`, or `1.0` for a number written out: Python would keep the `int`"
        case (s, t) if s == PY_FLOAT and t == PY_INT:
            return "write `int(…)`, `round(…)`, or `//` in place of `/`"
        case (s, t) if s == PY_BOOL and t == PY_INT:
            return "write `1 if … else 0`"
        case (s, t) if s == PY_INT and t == PY_BOOL:
            return "write a comparison: `… != 0`"
        case (s, _) if s == PY_NONE:
            return f"if nothing is an answer too, make the type `{shown(target)} | None`"
    return f"give a value of type `{shown(target)}`"


def joined(body: Body, types: Sequence[PyType], node: ast.AST) -> PyType:
    """The type of a value that comes from one of several expressions. Raises Problem."""
    try:
        return union_of(types)
    except UnionProblem as problem:
        widest = next((type_ for type_ in types if all(fits(one, type_) for one in types)), None)
        if widest is not None:
            return widest
        raise body.problem(Code.TWO_TYPES, f"{problem}", node, "give both branches the same type") from problem


def check_order(body: Body, operands: Sequence[tuple[Lowered, ast.AST]]) -> None:
    """Refuse an operand that changes a container which an operand before it still refers to. Raises Problem."""
    for index, (later, node) in enumerate(operands):
        for earlier, earlier_node in operands[:index]:
            for borrow in earlier.borrows:
                if any(overlap(borrow.path, written_path(written)) for written in later.writes):
                    raise body.problem(
                        Code.ORDER,
                        f"this call changes `{shown_path(borrow.path)}`, which is read before it here",
                        node,
                        "make the call on a line of its own",
                        also=(body.label(earlier_node, "read here"),),
                    )


def operation(
    body: Body,
    type_: PyType,
    primitive: Term,
    operands: Sequence[tuple[Lowered, ast.AST]],
    *,
    wide: bool = False,
    total: bool = True,
) -> Lowered:
    """A primitive operation on operands that are evaluated in this order; its result borrows nothing.

    Or any term from the operand, or from the tuple of them, to the result: a table's, so that it is made anew here.
    """
    check_order(body, operands)
    values = [value for value, _ in operands]
    return Lowered(
        type_,
        applied(anew(primitive), [value.at(body.level) for value in values]),
        body.level,
        wide=wide,
        calm=total and all(value.calm for value in values),
        stable=total and all(value.stable for value in values),
        writes=frozenset[str]().union(*(value.writes for value in values)),
    )


def applied(primitive: Term, operands: Sequence[Term]) -> Term:
    """environment -> the result of an operation on what the operands give, as `operate` for any term."""
    if len(operands) == 1:
        return compose(operands[0], primitive)
    return compose(Fork(tuple((str(index), operand) for index, operand in enumerate(operands))), primitive)


def collected(operands: Sequence[Term]) -> Term:
    """environment -> the list of what the operands give, at least one."""
    fork = Fork(tuple((str(index), operand) for index, operand in enumerate(operands)))
    return compose(fork, Primitive("collect"))


def record_in_order(evaluated: Sequence[tuple[str, Term]], labels: Sequence[str]) -> Term:
    """environment -> the record of these labels, whose parts are evaluated in the order in which they are given."""
    fork = Fork(tuple(evaluated))
    if [label for label, _ in evaluated] == list(labels):
        return fork
    return compose(fork, Fork(tuple((label, Project(label)) for label in labels)))
