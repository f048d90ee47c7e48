"""Changing lists by slices: `xs[a:b] = ys` and `del xs[a:b]`, also with a step.

The list is replaced by what stays before the slice, what is put in its place, and what stays behind it: the slice is
as long as what reading it gives, which is nothing where its end lies before its start.

A slice with a step is the list of the positions that reading it gives: what is there is replaced one by one, by as
many elements, or left out. Where the step turns out to be 1, it is as if there were none.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from camshaft.category.terms import (
    Constant,
    Each,
    Fork,
    Identity,
    If,
    MapEach,
    Primitive,
    Project,
    Term,
    Trap,
    compose,
    fork,
    sequence,
)
from camshaft.language import aliases
from camshaft.language.access import access
from camshaft.language.body import Body
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import applied, collected, fitted
from camshaft.language.locating import changeable, with_keys
from camshaft.language.lowered import Lowered, PlaceRef
from camshaft.language.pytypes import PY_INT, PyList, core, is_mutable, shown
from camshaft.language.slices import END, all_bound, bound, bounds_in_full, is_step_one
from camshaft.values.types import INT, STR, List


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
    bounds = node.slice
    base = access(body, node.value)
    place = changeable(body, base, node.value)
    assert base.path is not None
    type_ = base.type
    assert isinstance(type_, PyList)
    start, stop, step = (bound(body, one) for one in (bounds.lower, bounds.upper, bounds.step))
    aliases.changed(body, Kind.SHIFTS, base.path, node)
    whole = step is None or is_step_one(bounds.step)
    calm = all(one is None or one.calm for one in (start, stop, step))
    given = [one for one in (start, stop, step) if one is not None]

    def with_place(found: PlaceRef) -> Term:
        def build(values: Sequence[Lowered]) -> Term:
            three = bounds_in_full(body, (start, stop, step), values, bounds)
            if whole:
                return found.put(_parts(body, found.get(body.level), three[0], three[1], new), body.level)
            return _stepped(body, found, type_, three, new)

        term = all_bound(body, given, build)
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


def _stepped(body: Body, found: PlaceRef, type_: PyList, bounds: Sequence[Lowered], new: Lowered | None) -> Term:
    """environment -> (): the elements at the positions of a slice with a step are replaced, or left out."""
    current = found.get(body.level)
    length = compose(current, Primitive("length"))
    every = compose(fork(Constant(INT, 0), length, Constant(INT, 1)), Primitive("range"))
    three = [one.at(body.level) for one in bounds]
    positions = Lowered(PyList(PY_INT), applied(Primitive("list_slice"), [every, *three]), body.level)
    if new is None:
        return body.bound_term(positions, lambda at: found.put(_left_out(body, found, type_, at), body.level))

    def replaced(at: Lowered) -> Term:
        # (environment, (position, element)) -> (): a position is within the list
        key = Lowered(PY_INT, compose(Project("1"), Project("0")), body.level + 1)
        one = found.element(key).put(compose(Project("1"), Project("1")), body.level + 1)
        pairs = applied(Primitive("list_zip"), [at.at(body.level), new.at(body.level)])
        lengths = [compose(values.at(body.level), Primitive("length")) for values in (at, new)]
        many = compose(Constant(STR, "a slice with a step is assigned as many elements as it has"), Trap("ValueError"))
        each = compose(Fork((("0", Identity()), ("1", pairs))), Each(one))
        return If(applied(Primitive("equal"), lengths), each, many)

    by_step = body.bound_term(positions, replaced)
    in_whole = found.put(_parts(body, current, bounds[0], bounds[1], new), body.level)
    return If(applied(Primitive("equal"), [three[2], Constant(INT, 1)]), in_whole, by_step)


def _left_out(body: Body, found: PlaceRef, type_: PyList, positions: Lowered) -> Term:
    """environment -> the list without the elements at these positions"""
    # (environment, (index, element)) -> the element in a list, or none
    at, element = (compose(Project("1"), Project(label)) for label in ("0", "1"))
    taken = applied(Primitive("set_contains"), [compose(Project("0"), Project("1")), at])
    kept = If(taken, Constant(List(core(type_.element)), []), collected([element]))
    members = compose(positions.at(body.level), Primitive("set_of"))
    numbered = applied(Primitive("list_enumerate"), [found.get(body.level), Constant(INT, 0)])
    rounds = compose(fork(fork(Identity(), members), numbered), MapEach(kept))
    return compose(rounds, Primitive("flatten"))
