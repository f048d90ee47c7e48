"""Unpacking: `a, (b, c) = …`, `first, *others = …`: which part of a value each target gets.

A tuple's length is known here. That of a list or a `tuple[T, ...]` is compared when it runs, and a difference is a
ValueError as in Python.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from camshaft.category.terms import Constant, Fork, If, Primitive, Term, Trap, compose
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import applied, collected, fitted, joined
from camshaft.language.homes import Alias
from camshaft.language.lowered import Lowered, constant
from camshaft.language.parts import part
from camshaft.language.pytypes import PyList, PySequence, PyTuple, PyType, is_mutable, shown
from camshaft.language.slices import END
from camshaft.values.types import INT, STR


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What each target gets, in order; `check` is the term that compares the length, None where it is known."""

    parts: list[tuple[ast.expr, Lowered]]
    check: Term | None = None


def unpacked(body: Body, target: ast.expr, targets: Sequence[ast.expr], value: Lowered, node: ast.AST) -> Unpacked:
    """The parts of a value, which is evaluated before: it may be used several times. Raises Problem."""
    type_ = value.type
    stars = [index for index, one in enumerate(targets) if isinstance(one, ast.Starred)]
    star = stars[0] if stars else None
    if isinstance(type_, PyTuple):
        return Unpacked(_of_tuple(body, target, targets, value, type_, star, node))
    if isinstance(type_, PyList | PySequence):
        return Unpacked(_of_list(body, targets, value, type_, star, node), _length_check(body, targets, value, star))
    raise _not_unpacked(body, target, type_, len(targets))


def _not_unpacked(body: Body, target: ast.expr, type_: PyType, count: int) -> Problem:
    return body.problem(
        Code.MISMATCH,
        f"`{shown(type_)}` is not a tuple of {count} elements",
        target,
        "assign from a tuple of as many elements as there are names",
    )


def _of_tuple(
    body: Body,
    target: ast.expr,
    targets: Sequence[ast.expr],
    value: Lowered,
    type_: PyTuple,
    star: int | None,
    node: ast.AST,
) -> list[tuple[ast.expr, Lowered]]:
    count = len(type_.elements)
    if (star is None and count != len(targets)) or (star is not None and count < len(targets) - 1):
        raise _not_unpacked(body, target, type_, len(targets))
    elements = [replace(part(value, str(i), one, node), stable=True) for i, one in enumerate(type_.elements)]
    if star is None:
        return list(zip(targets, elements, strict=True))
    behind = count - (len(targets) - 1 - star)
    middle = elements[star:behind]
    starred = targets[star]
    assert isinstance(starred, ast.Starred)
    if middle:
        common = joined(body, [one.type for one in middle], starred)
        fit = [fitted(body, one, common, starred) for one in middle]
        held = tuple(borrow.held() for one in fit for borrow in one.borrows)
        listed = replace(
            value.as_value(),
            type=PyList(common),
            term=collected([one.at(body.level) for one in fit]),
            level=body.level,
            borrows=held,
        )
    else:
        known = body.slots.get(starred.value.id) if isinstance(starred.value, ast.Name) else None
        if known is None:
            raise body.problem(
                Code.UNTYPED_EMPTY, "nothing is left for this", starred, "leave it out, or declare it before"
            )
        listed = constant(known.type, [], body.level)
    return [
        *zip(targets[:star], elements[:star], strict=True),
        (starred.value, listed),
        *zip(targets[star + 1 :], elements[behind:], strict=True),
    ]


def _of_list(
    body: Body,
    targets: Sequence[ast.expr],
    value: Lowered,
    type_: PyList | PySequence,
    star: int | None,
    node: ast.AST,
) -> list[tuple[ast.expr, Lowered]]:
    element = type_.element
    whole = value.at(body.level)
    mutable = is_mutable(element)
    parts: list[tuple[ast.expr, Lowered]] = []
    for index, target in enumerate(targets):
        if isinstance(target, ast.Starred):
            stop = index - len(targets) + 1
            bounds = [Constant(INT, index), Constant(INT, stop or END), Constant(INT, 1)]
            term, kind = applied(Primitive("list_slice"), [whole, *bounds]), PyList(element)
            borrows = tuple(borrow.step(None, element).collected() for borrow in value.borrows) if mutable else ()
            parts.append((target.value, Lowered(kind, term, body.level, calm=True, stable=True, borrows=borrows)))
            continue
        at = index if star is None or index < star else index - len(targets)
        term = applied(Primitive("list_index"), [whole, Constant(INT, at)])
        borrows = tuple(borrow.step(None, element, node) for borrow in value.borrows) if mutable else ()
        parts.append((target, Lowered(element, term, body.level, calm=True, stable=True, borrows=borrows)))
    return parts


def _length_check(body: Body, targets: Sequence[ast.expr], value: Lowered, star: int | None) -> Term:
    """environment -> (): a trap where the length is another one."""
    length = compose(value.at(body.level), Primitive("length"))
    wanted = len(targets) - (0 if star is None else 1)
    fits = applied(Primitive("equal" if star is None else "greater_equal"), [length, Constant(INT, wanted)])
    message = f"{'at least ' if star is not None else ''}{wanted} elements are unpacked, and there are others"
    return If(fits, Fork(()), compose(Constant(STR, message), Trap("ValueError")))


def exchanges(target: ast.expr, value: ast.expr) -> bool:
    """Whether an assignment exchanges two places, `self.a, self.b = self.b, self.a`: each container stays in one.

    Three places could be exchanged as well, but not where two of them turn out to be the same.
    """
    match target, value:
        case ast.Tuple(elts=[first, second]), ast.Tuple(elts=[other, another]):
            places = [_text(first), _text(second)]
            within = any(one != two and one in two for one in places for two in places)
            plain = all(isinstance(one, ast.Attribute | ast.Subscript) for one in (first, second))
            called = any(isinstance(node, ast.Call | ast.NamedExpr) for node in ast.walk(target))
            return plain and not within and not called and places == [_text(another), _text(other)]
        case _:
            return False


def names_of_objects(body: Body, target: ast.expr, value: ast.expr) -> bool:
    """Whether an assignment gives each of its names a value written out, `a, b = self.x, self.y`, and one can change.

    No value reads a name that is assigned: then it makes no difference whether each is bound before the next is read.
    """
    match target, value:
        case ((ast.Tuple(elts=targets) | ast.List(elts=targets)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            names = [one.id for one in targets if isinstance(one, ast.Name)]
            if not len(names) == len(set(names)) == len(targets) == len(values):
                return False
            if any(isinstance(one, ast.Starred) for one in values):
                return False
            read = {node.id for one in values for node in ast.walk(one) if isinstance(node, ast.Name)}
            return not read & set(names) and body.within(body.flow.copy(), lambda: _any_mutable(body, values))
        case _:
            return False


def _any_mutable(body: Body, values: Sequence[ast.expr]) -> bool:
    return any(_may_be_place(body, one) and is_mutable(lower(body, one).type) for one in values)


def _may_be_place(body: Body, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return isinstance(body.flow.homes.get(node.id), Alias)
    return isinstance(node, ast.Attribute | ast.Subscript)


def _text(node: ast.expr) -> str:
    return ast.unparse(node)
