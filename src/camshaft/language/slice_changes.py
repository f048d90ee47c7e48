"""Changing lists by slices: `xs[a:b] = ys` and `del xs[a:b]`.

The list is replaced by what stays before the slice, what is put in its place, and what stays behind it: the slice is
as long as what reading it gives, which is nothing where its end lies before its start.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from camshaft.category.terms import Constant, Primitive, Term, compose, sequence
from camshaft.language import aliases
from camshaft.language.access import access
from camshaft.language.body import Body
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, fitted
from camshaft.language.locating import changeable, with_keys
from camshaft.language.lowered import Lowered, PlaceRef, constant
from camshaft.language.pytypes import PY_INT, PyList, is_mutable, shown
from camshaft.language.slices import END, bound
from camshaft.values.types import INT


def is_slice(node: ast.expr) -> bool:
    """Whether a target is a slice."""
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)


def element_list(body: Body, node: ast.Subscript) -> PyList:
    """The type of the list that a slice is of. Raises Problem where it is not a list's."""
    type_ = access(body, node.value).type
    if not isinstance(type_, PyList):
        raise body.problem(
            Code.OPERATOR, f"the slices of `{shown(type_)}` never change", node, "build a new one and assign it"
        )
    return type_


def assign_slice(body: Body, node: ast.Subscript, value: Lowered, where: ast.expr) -> Term:
    """environment -> (): `xs[a:b] = ys`, whose value is evaluated first. Raises Problem."""
    type_ = element_list(body, node)
    what = f"an element of `{ast.unparse(node.value)}`"
    stored = fitted(body, value, type_, where, f"`{ast.unparse(node)}`")
    if is_mutable(type_.element):
        taken = tuple(borrow.step(None, type_.element) for borrow in stored.borrows)
        base = access(body, node.value)
        at = None if base.path is None else (*body.flow.resolved(base.path), None)
        aliases.give(body, replace(stored, borrows=taken), where, what, at)
    return body.bound_term(replace(stored, stable=False, borrows=()), lambda held: _replaced(body, node, held))


def delete_slice(body: Body, node: ast.Subscript) -> Term:
    """environment -> (): `del xs[a:b]`. Raises Problem."""
    element_list(body, node)
    return _replaced(body, node, None)


def _replaced(body: Body, node: ast.Subscript, new: Lowered | None) -> Term:
    assert isinstance(node.slice, ast.Slice)
    if node.slice.step is not None:
        raise body.problem(
            Code.UNSUPPORTED,
            "a slice with a step is only read",
            node,
            "build a new list and assign it: `xs = [… for … in …]`",
        )
    base = access(body, node.value)
    place = changeable(body, base, node.value)
    assert base.path is not None
    start, stop = bound(body, node.slice.lower), bound(body, node.slice.upper)
    aliases.changed(body, Kind.SHIFTS, base.path, node)
    calm = all(one is None or one.calm for one in (start, stop))

    def with_place(found: PlaceRef) -> Term:
        term = body.bound_term(
            start if start is not None else constant(PY_INT, 0, body.level),
            lambda first: body.bound_term(
                stop if stop is not None else constant(PY_INT, END, body.level),
                lambda last: found.put(_parts(body, found.get(body.level), first, last, new), body.level),
            ),
        )
        # Python looks up the list before it evaluates the bounds: where both fail, the list's failure is the one.
        return term if calm or not found.keys else sequence(found.get(body.level), term)

    return with_keys(body, place, with_place)


def _parts(body: Body, current: Term, start: Lowered, stop: Lowered, new: Lowered | None) -> Term:
    """environment -> the list without its slice, and with the new elements in its place."""
    first, last = start.at(body.level), stop.at(body.level)
    before = _slice(current, Constant(INT, 0), first)
    lengths = [compose(before, Primitive("length")), compose(_slice(current, first, last), Primitive("length"))]
    behind = _slice(current, applied(Primitive("add"), lengths), Constant(INT, END))
    if new is None:
        return applied(Primitive("concat"), [before, behind])
    return applied(Primitive("concat"), [before, applied(Primitive("concat"), [new.at(body.level), behind])])


def _slice(whole: Term, start: Term, stop: Term) -> Term:
    return applied(Primitive("list_slice"), [whole, start, stop, Constant(INT, 1)])
