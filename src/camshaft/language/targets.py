"""Writing: assignment, augmented assignment, deletion and `append`, to variables and to places of `self`.

Python evaluates the value first, then the target's container and keys, from left to right. An augmented assignment
evaluates the container and the key once, reads, evaluates the right side, and writes.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Fork, Term, compose, sequence
from camshaft.language import aliases, kept_places, left_behind, moves, rearranging, references
from camshaft.language.access import access, find_variable, variable_value
from camshaft.language.arithmetic import combined
from camshaft.language.body import Body, lower
from camshaft.language.change import Kind
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import fits, fitted
from camshaft.language.flow import Narrowing
from camshaft.language.homes import Gathers, Own
from camshaft.language.locating import Target, changeable, locate, located, path_of, with_keys
from camshaft.language.lowered import SELF, Borrow, Lowered, Path, PlaceRef, capped, nothing, overlap, written_path
from camshaft.language.pytypes import (
    PY_NONE,
    PyDict,
    PyFrozenSet,
    PyList,
    PySet,
    PyTuple,
    PyType,
    PyUnion,
    is_mutable,
)
from camshaft.language.unpacking import unpacked

_IN_PLACE: Final = (PyList, PyDict, PySet)
"""The types whose `op=` changes the object itself."""

# ---- assignment ------------------------------------------------------------------------------------------------------


def expected_type(body: Body, target: ast.expr) -> PyType | None:
    """The type that a target wants, None where it is decided by what is assigned. Raises Problem."""
    match target:
        case ast.Name(id=name):
            return body.slots[name].type if name in body.slots else body.inferred.get(name)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            if any(isinstance(one, ast.Starred) for one in targets):
                return None
            types = [expected_type(body, one) for one in targets]
            known = [type_ for type_ in types if type_ is not None]
            return PyTuple(tuple(known)) if len(known) == len(types) else None
        case _:
            return locate(body, target).type


def assign(body: Body, target: ast.expr, value: Lowered, node: ast.AST) -> Term:
    """environment -> (): store a value, which is evaluated first. Raises Problem."""
    term = _assigned(body, target, value, node)
    # One target of several may stand on a line of its own.
    body.mark(term, target)
    return term


def _assigned(body: Body, target: ast.expr, value: Lowered, node: ast.AST) -> Term:
    match target:
        case ast.Name():
            return assign_variable(body, target, value, node)
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            return _unpack(body, target, targets, value, node)
        case _:
            found = locate(body, target)
            stored = fitted(body, value, found.type, node, f"`{ast.unparse(target)}`")
            stored = rearranging.without_own(target, node, stored, body.flow.resolved(found.path))
            if kept_places.is_at(body, value, target):
                return nothing()  # `line = self.lines[k]`, and later `self.lines[k] = line`
            stored, picked = rearranging.rebuilt(body, stored, node, body.flow.resolved(found.path))
            value = value if picked is None else stored
            moving = moves.movable(body, stored, found.type, node)
            if moving is not None and found.way is None and kept_places.held_at(body, found.path, found.place) is None:
                path = body.flow.resolved(found.path)
                starts = left_behind.before_assignment(body, target, path, stored, node)
                aliases.changed(body, Kind.REPLACES, found.path, target, _key(target))
                if picked is not None:
                    rearranging.part(body, picked, node)
                return sequence(*starts, moves.move(body, moving, stored, found.place, path, target))
            at = body.flow.resolved(found.path)
            member = isinstance(found.type, PyUnion) and value.type != found.type and None not in found.path
            following = moves.movable(body, value, value.type, node) if member and found.way is None else None
            starts = left_behind.before_assignment(body, target, at, value, node)
            aliases.changed(body, Kind.REPLACES, found.path, target, _key(target))
            aliases.give(body, stored, node, f"`{ast.unparse(target)}`", at)
            if picked is not None:
                rearranging.part(body, picked, node)
            if member:
                body.flow.narrowed[found.path] = Narrowing(value.type)
            if following is not None and moves.is_alone(body, following):
                # The object is a member of a union now: its name stands for that.
                store = _put(body, found, stored.at(body.level))
                name = ast.copy_location(ast.Name(following.name, ast.Store()), target)
                return sequence(*starts, store, assign_variable(body, name, access(body, _as_read(target)), target))
            if found.way is None:
                return sequence(*starts, _put(body, found, stored.at(body.level)))
            put = body.bound_term(
                stored,
                lambda kept: located(
                    body, found, lambda place: _put(body, replace(found, place=place), kept.at(body.level))
                ),
            )
            return sequence(*starts, put)


def _put(body: Body, target: Target, stored: Term) -> Term:
    """environment -> (): write at a target's place, whose keys are evaluated after the value."""
    held = kept_places.held_at(body, target.path, target.place)
    if held is not None:
        return kept_places.written_through(body, target.path, held, stored)
    return target.place.put(stored, body.level)


def assign_variable(
    body: Body, target: ast.Name, value: Lowered, node: ast.AST, declared: PyType | None = None
) -> Term:
    """environment -> (): store a value in a local variable, which gets its type from its first assignment."""
    name = target.id
    if name == SELF and body.unit.machine is not None:
        raise body.problem(Code.UNSUPPORTED, "`self` cannot be assigned", target, "assign its fields")
    body.broken.discard(name)
    known = body.slots.get(name)
    variable = body.declare(
        name, declared or (known.type if known is not None else body.inferred.get(name, value.type)), target
    )
    if known is not None and declared is None and not fits(value.type, known.type):
        body.declare(name, value.type, target)  # says that the variable would have two types
    stored = fitted(body, value, variable.type, node, f"`{name}`")
    if isinstance(body.flow.homes.get(name), Own | Gathers):
        stored = rearranging.without_own(target, node, stored, (name,))
    if is_mutable(variable.type):
        bound = capped(value) if variable.present is not None else stored
        term = references.bind(body, variable, bound, target, node)
    else:
        aliases.rebound(body, name, target)
        term = body.put_variable(variable, stored)
    body.flow.assigned.add(name)
    if isinstance(variable.type, PyUnion) and value.type != variable.type:
        body.flow.narrowed[name,] = Narrowing(value.type)
    return term


def _unpack(body: Body, target: ast.expr, targets: Sequence[ast.expr], value: Lowered, node: ast.AST) -> Term:
    def parts(whole: Lowered) -> Term:
        found = unpacked(body, target, targets, whole, node)
        terms = [assign(body, one, held, node) for one, held in found.parts]
        terms = terms if found.check is None else [found.check, *terms]
        return sequence(*terms) if terms else nothing()

    # Bound even where it is stable: `a, b = b, a` reads both before it writes one.
    return body.bound_term(replace(value, stable=False), parts)


# ---- augmented assignment --------------------------------------------------------------------------------------------


def augment(body: Body, node: ast.AugAssign) -> Term:
    """environment -> (): `place op= value`. Raises Problem."""
    if isinstance(node.target, ast.Name):
        return _augment_variable(body, node, node.target)
    target = locate(body, node.target)
    return located(body, target, lambda place: _augment_place(body, node, replace(target, place=place)))


def _augment_variable(body: Body, node: ast.AugAssign, target: ast.Name) -> Term:
    variable = find_variable(body, target)
    if variable is None:
        raise body.problem(
            Code.UNDEFINED, f"`{target.id}` has no value to start from", target, f"assign it before: `{target.id} = 0`"
        )
    current = variable_value(body, variable, target)
    found = body.flow.narrowed.get(current.path or ())
    if found is not None:
        current = access(body, ast.copy_location(ast.Name(target.id, ast.Load()), target))
    if isinstance(current.type, _IN_PLACE):
        place = changeable(body, current, target)
        value, taken = _operated(body, node, current, target)
        _changed_in_place(body, current.type, (target.id,), target)
        _take(body, node, current, taken)
        return place.put(value.at(body.level), body.level)
    value, _ = _operated(body, node, current, target)
    aliases.rebound(body, target.id, target)
    stored = fitted(body, value, variable.type, node, f"`{target.id}`")
    if isinstance(variable.type, PyUnion) and value.type != variable.type:
        body.flow.narrowed[target.id,] = Narrowing(value.type)
    return body.put_variable(variable, stored)


def _augment_place(body: Body, node: ast.AugAssign, target: Target) -> Term:
    held = kept_places.held_at(body, target.path, target.place)
    term = (held or target.place).get(body.level)
    current = Lowered(target.type, term, body.level, path=target.path, place=target.place)
    path = body.flow.resolved(target.path)
    found = body.flow.narrowed.get(target.path)
    if found is not None:
        current = access(body, _as_read(node.target))
    if is_mutable(current.type):
        current = replace(current, borrows=(Borrow(path, target.type, node.target),))
    value, taken = _operated(body, node, current, node.target)
    if target.place.keys and any(overlap(path, written_path(written)) for written in value.writes):
        raise body.problem(
            Code.ORDER,
            f"the right side changes `{ast.unparse(node.target)}` or what it is in",
            node.value,
            "make the call on a line of its own, before",
        )
    stored = fitted(body, value, target.type, node, f"`{ast.unparse(node.target)}`")
    _changed_in_place(body, current.type, target.path, node.target)
    _take(body, node, current, taken)
    if isinstance(target.type, PyUnion) and value.type != target.type and None not in target.path:
        body.flow.narrowed[target.path] = Narrowing(value.type)
    return _put(body, target, stored.at(body.level))


def _operated(body: Body, node: ast.AugAssign, current: Lowered, target: ast.expr) -> tuple[Lowered, Lowered]:
    """What an operator gives, and its right side."""
    expected = current.type if isinstance(current.type, (*_IN_PLACE, PyFrozenSet)) else None
    right = lower(body, node.value, expected)
    value = combined(body, node.op, (current, target), (right, node.value), node)
    return capped(replace(value, borrows=()) if isinstance(current.type, _IN_PLACE) else value), right


def _changed_in_place(body: Body, type_: PyType, path: Path, node: ast.AST) -> None:
    """`+=` and `|=` extend an object itself, and those of a dict may put other values under its keys."""
    match type_:
        case PyDict():
            aliases.changed(body, Kind.REPLACES, (*path, None), node)
        case PyList() | PySet():
            aliases.changed(body, Kind.GROWS, path, node)
        case _:
            aliases.changed(body, Kind.REPLACES, path, node, _key(node))


def _key(node: ast.AST) -> ast.expr | None:
    return node.slice if isinstance(node, ast.Subscript) else None


def _take(body: Body, node: ast.AugAssign, current: Lowered, right: Lowered) -> None:
    """`+=` and `|=` extend the object itself: it keeps what it holds, and takes what the other holds."""
    match current.type:
        case PyList(held) | PyDict(_, held) if is_mutable(held):
            elements = tuple(borrow.step(None, held) for borrow in right.borrows)
            taken = replace(right, borrows=aliases.all_of(body, right.path, elements))
            at = (*body.flow.resolved(path_of(current)), None)
            aliases.give(body, taken, node.value, f"an element of `{ast.unparse(node.target)}`", at)
        case _:
            pass


def _as_read(node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.parse(ast.unparse(node), mode="eval").body, node)


# ---- deletion, append ------------------------------------------------------------------------------------------------


def delete(body: Body, node: ast.expr) -> Term:
    """environment -> (): `del place[key]`. Raises Problem."""
    if not isinstance(node, ast.Subscript):
        raise body.problem(
            Code.UNSUPPORTED,
            "only entries of dicts and elements of lists can be deleted",
            node,
            "a variable may simply stay; a field can be set to its default",
        )
    target = locate(body, node)
    if isinstance(access(body, node.value).type, PyList):
        aliases.changed(body, Kind.SHIFTS, target.path[:-1], node)
    else:
        aliases.changed(body, Kind.REPLACES, target.path, node, _key(node), takes=True)
    term = located(body, target, lambda place: place.delete(body.level))
    body.mark(term, node)
    return term


def append(body: Body, node: ast.Call, function: ast.Attribute) -> Term:
    """environment -> (): `place.append(value)`. Raises Problem."""
    base = access(body, function.value)
    place = changeable(body, base, function.value)
    assert isinstance(base.type, PyList)
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, "`append` takes one element", node, "write `xs.append(x)`")
    name = ast.unparse(function.value)
    value = fitted(
        body, lower(body, node.args[0], base.type.element), base.type.element, node.args[0], f"an element of `{name}`"
    )
    path = body.flow.resolved(path_of(base))
    if any(overlap(path, written_path(written)) for written in value.writes):
        raise _changes_itself(body, name, node.args[0])
    moving = moves.movable(body, value, base.type.element, node)
    if moving is not None:
        aliases.changed(body, Kind.GROWS, path_of(base), node)
        return moves.move_to_end(body, moving, value, place, path, node)
    aliases.changed(body, Kind.GROWS, path_of(base), node)
    aliases.give(body, value, node.args[0], f"an element of `{name}`", (*path, None))

    def build(found: PlaceRef) -> Term:
        term = found.append(value.at(body.level), body.level)
        if value.calm or found.is_known:
            return term
        # Python looks up the list before it evaluates the element: where both fail, the list's failure is the one.
        return sequence(found.get(body.level), term)

    return with_keys(body, place, build)


def _changes_itself(body: Body, name: str, node: ast.AST) -> Problem:
    return body.problem(
        Code.ORDER, f"this call changes `{name}` while an element for it is made", node, "call it on a line before"
    )


def discarded(value: Lowered, level: int) -> Term:
    """environment -> (): evaluate a value for its effects only."""
    term = value.at(level)
    return term if value.type == PY_NONE else compose(term, Fork(()))
