"""Writing: assignment, augmented assignment, deletion and `append`, to variables and to places of `self`.

Python evaluates the value first, then the target's container and keys, from left to right. An augmented assignment
evaluates the container and the key once, reads, evaluates the right side, and writes.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from camshaft.category.terms import Append, Delete, Fork, Primitive, Put, Term, compose, operate, sequence
from camshaft.language import aliases
from camshaft.language.access import access, element, find_variable, fitted_index, variable_value
from camshaft.language.arithmetic import combined
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import fits, fitted
from camshaft.language.flow import Narrowing
from camshaft.language.lowered import SELF, Borrow, Lowered, Path, PlaceRef, capped, nothing, overlap, written_path
from camshaft.language.pytypes import (
    PY_NONE,
    PyClass,
    PyDict,
    PyFrozenSet,
    PyList,
    PyMachine,
    PySet,
    PyTuple,
    PyType,
    PyUnion,
    is_mutable,
    shown,
)
from camshaft.language.unpacking import unpacked


@dataclass(frozen=True, slots=True)
class Target:
    """A place to write: where it is, its type, and the path by which aliases know it.

    `way`: the container that the last key leads into, where Python looks that up before it evaluates a key that may
    fail: of two failures it is the first that counts.
    """

    place: PlaceRef
    type: PyType
    path: Path
    way: PlaceRef | None = None


# ---- assignment ------------------------------------------------------------------------------------------------------


def expected_type(body: Body, target: ast.expr) -> PyType | None:
    """The type that a target wants, None where it is decided by what is assigned. Raises Problem."""
    match target:
        case ast.Name(id=name):
            return body.slots[name].type if name in body.slots else None
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            if any(isinstance(one, ast.Starred) for one in targets):
                return None
            types = [expected_type(body, one) for one in targets]
            known = [type_ for type_ in types if type_ is not None]
            return PyTuple(tuple(known)) if len(known) == len(types) else None
        case _:
            return _target(body, target).type


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
            found = _target(body, target)
            stored = fitted(body, value, found.type, node, f"`{ast.unparse(target)}`")
            aliases.give(body, stored, node, f"`{ast.unparse(target)}`", str(found.path[0]))
            aliases.wrote(body, found.path, target, in_place=found.path[-1] is None)
            if isinstance(found.type, PyUnion) and value.type != found.type and None not in found.path:
                body.flow.narrowed[found.path] = Narrowing(value.type)
            if found.way is None:
                return operate(Put(found.place.place), stored.at(body.level), *_keys(body, found.place))
            return body.bound_term(
                stored,
                lambda held: located(
                    body,
                    found,
                    lambda place: operate(Put(place.place), held.at(body.level), *_keys(body, place)),
                ),
            )


def assign_variable(
    body: Body, target: ast.Name, value: Lowered, node: ast.AST, declared: PyType | None = None
) -> Term:
    """environment -> (): store a value in a local variable, which gets its type from its first assignment."""
    name = target.id
    if name == SELF and body.unit.machine is not None:
        raise body.problem(Code.UNSUPPORTED, "`self` cannot be assigned", target, "assign its fields")
    body.broken.discard(name)
    known = body.slots.get(name)
    variable = body.declare(name, declared or (known.type if known is not None else value.type), target)
    if known is not None and declared is None and not fits(value.type, known.type):
        body.declare(name, value.type, target)  # says that the variable would have two types
    stored = fitted(body, value, variable.type, node, f"`{name}`")
    aliases.give(body, stored, node, f"`{name}`", name)
    aliases.wrote(body, (name,), target, in_place=False)
    body.flow.assigned.add(name)
    if isinstance(variable.type, PyUnion) and value.type != variable.type:
        body.flow.narrowed[name,] = Narrowing(value.type)
    return body.put_variable(variable, stored)


def _unpack(body: Body, target: ast.expr, targets: Sequence[ast.expr], value: Lowered, node: ast.AST) -> Term:
    def parts(whole: Lowered) -> Term:
        found = unpacked(body, target, targets, whole, node)
        terms = [assign(body, one, held, node) for one, held in found.parts]
        terms = terms if found.check is None else [found.check, *terms]
        return sequence(*terms) if terms else nothing()

    # Bound even where it is stable: `a, b = b, a` reads both before it writes one.
    return body.bound_term(replace(value, stable=False), parts)


def _keys(body: Body, place: PlaceRef) -> list[Term]:
    return [key.at(body.level) for key in place.keys]


# ---- finding the place -----------------------------------------------------------------------------------------------


def _target(body: Body, node: ast.expr) -> Target:
    """The place of an assignment's target that is not a variable. Raises Problem."""
    match node:
        case ast.Attribute():
            return _field_target(body, node)
        case ast.Subscript():
            return _element_target(body, node)
        case ast.Starred():
            raise body.problem(Code.UNSUPPORTED, "`*` does not collect here", node, "name each element")
        case _:
            raise body.problem(Code.UNSUPPORTED, "this cannot be assigned to", node, "assign to a name or a field")


def _field_target(body: Body, node: ast.Attribute) -> Target:
    found = access(body, node)
    owner = access(body, node.value) if not _is_self(body, node.value) else None
    if owner is not None and isinstance(owner.type, PyClass):
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{shown(owner.type)}` is frozen: its fields never change",
            node,
            f"assign a new object: `{ast.unparse(node.value)} = {owner.type.cls.__name__}(…)`",
        )
    if owner is not None and isinstance(owner.type, PyMachine):
        raise body.problem(
            Code.PARAMETER,
            f"`{ast.unparse(node.value)}` is the old version's instance: a migration only reads it",
            node,
            "give the new value to the new machine",
        )
    # The declared type: an assignment may leave what a test has narrowed.
    machine = body.unit.machine
    assert machine is not None
    declared = machine.field(node.attr)
    assert declared is not None
    assert found.path is not None
    return Target(PlaceRef(0, (node.attr,), ()), declared.type, found.path)


def _is_self(body: Body, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == SELF and body.unit.machine is not None


def _element_target(body: Body, node: ast.Subscript) -> Target:
    if isinstance(node.slice, ast.Slice):
        raise body.problem(
            Code.UNSUPPORTED,
            "a slice is assigned alone, not with other targets and not with an operator",
            node,
            f"write `{ast.unparse(node)} = …` on a line of its own",
        )
    base = access(body, node.value)
    if not isinstance(base.type, PyDict | PyList | PyUnion):
        raise body.problem(
            Code.OPERATOR,
            f"the elements of `{shown(base.type)}` never change",
            node,
            f"build a new one and assign it: `{ast.unparse(node.value)} = …`",
        )
    place = changeable(body, base, node.value)
    match base.type:
        case PyDict(key_type, value_type):
            key = fitted(body, lower(body, node.slice, key_type), key_type, node.slice, "the key")
            found = element(body, base, value_type, key, Primitive("map_index"), node)
        case PyList(element_type):
            key = fitted_index(body, node.slice)
            found = element(body, base, element_type, key, Primitive("list_index"), node)
        case _:
            raise AssertionError("a union is never changeable")
    way = place if place.keys and not key.calm else None
    return Target(place.element(key), found.type, (*_path(base), None), way)


def _path(value: Lowered) -> Path:
    assert value.path is not None, "what can be changed is at a path"
    return value.path


def changeable(body: Body, value: Lowered, node: ast.expr) -> PlaceRef:
    """The place of a container that is to be changed. Raises Problem where it may not be changed through this."""
    aliases.check_constant(body, value, node)
    if value.place is not None and value.path is not None:
        return value.place
    if value.place is None and value.path is not None and None in value.path and not isinstance(value.type, PyUnion):
        raise body.problem(
            Code.ORDER,
            "a key on the way to this could fail, after Python has looked up what it leads into",
            node,
            "compute the keys on lines of their own, before",
        )
    root = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if isinstance(root, ast.Name) and not _is_self(body, root):
        variable = find_variable(body, root)
        if variable is not None and variable.slot is None:
            aliases.check_parameter(body, variable, node)
    if isinstance(value.type, PyUnion) or value.path is not None:
        raise body.problem(
            Code.UNSUPPORTED,
            "a container that may be None, or is one of several types, cannot be changed in place yet",
            node,
            f"build a new one and assign it: `{ast.unparse(node)} = …`",
        )
    raise body.problem(
        Code.ALIAS, "this is not a place: what is changed here would be lost", node, "assign it to a variable first"
    )


# ---- augmented assignment --------------------------------------------------------------------------------------------


def augment(body: Body, node: ast.AugAssign) -> Term:
    """environment -> (): `place op= value`. Raises Problem."""
    if isinstance(node.target, ast.Name):
        return _augment_variable(body, node, node.target)
    target = _target(body, node.target)
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
    value = _operated(body, node, current, target)
    in_place = isinstance(current.type, PyList | PyDict | PySet)
    aliases.wrote(body, (target.id,), target, in_place=in_place)
    stored = fitted(body, value, variable.type, node, f"`{target.id}`")
    if isinstance(variable.type, PyUnion) and value.type != variable.type:
        body.flow.narrowed[target.id,] = Narrowing(value.type)
    return body.put_variable(variable, stored)


def _augment_place(body: Body, node: ast.AugAssign, target: Target) -> Term:
    current = Lowered(target.type, target.place.get(body.level), body.level, path=target.path, place=target.place)
    found = body.flow.narrowed.get(target.path)
    if found is not None:
        current = access(body, _as_read(node.target))
    if is_mutable(current.type):
        current = replace(current, borrows=(Borrow(target.path, target.type, node.target),))
    value = _operated(body, node, current, node.target)
    if target.place.keys and any(overlap(target.path, written_path(written)) for written in value.writes):
        raise body.problem(
            Code.ORDER,
            f"the right side changes `{ast.unparse(node.target)}` or what it is in",
            node.value,
            "make the call on a line of its own, before",
        )
    stored = fitted(body, value, target.type, node, f"`{ast.unparse(node.target)}`")
    aliases.wrote(
        body, target.path, node.target, in_place=isinstance(target.type, PyList | PyDict | PySet) or None in target.path
    )
    return operate(Put(target.place.place), stored.at(body.level), *_keys(body, target.place))


def _operated(body: Body, node: ast.AugAssign, current: Lowered, target: ast.expr) -> Lowered:
    expected = current.type if isinstance(current.type, PyList | PyDict | PySet | PyFrozenSet) else None
    right = lower(body, node.value, expected)
    value = combined(body, node.op, (current, target), (right, node.value), node)
    if isinstance(current.type, PyList | PyDict):
        # `+=` and `|=` extend the object itself: it keeps what it holds, and takes what the other holds.
        held = current.type.element if isinstance(current.type, PyList) else current.type.value
        if is_mutable(held):
            taken = replace(right, borrows=tuple(borrow.step(None, held) for borrow in right.borrows))
            aliases.give(body, taken, node.value, f"an element of `{ast.unparse(target)}`", str(_path(current)[0]))
        value = replace(value, borrows=())
    return capped(value)


def _as_read(node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.parse(ast.unparse(node), mode="eval").body, node)


def located(body: Body, target: Target, build: Callable[[PlaceRef], Term]) -> Term:
    """Evaluate the keys of a target once, in Python's order, and build a statement that uses the place."""
    way = target.way
    if way is None:
        return with_keys(body, target.place, build)
    return with_keys(
        body,
        way,
        lambda found: sequence(found.get(body.level), with_keys(body, found.element(target.place.keys[-1]), build)),
    )


def with_keys(body: Body, place: PlaceRef, build: Callable[[PlaceRef], Term]) -> Term:
    """Evaluate the keys of a place once, in order, and build a statement that uses the place several times."""

    def bind(keys: Sequence[Lowered], done: tuple[Lowered, ...]) -> Term:
        if not keys:
            return build(PlaceRef(place.slot, place.steps, done))
        return body.bound_term(keys[0], lambda key: bind(keys[1:], (*done, key)))

    return bind(place.keys, ())


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
    target = _element_target(body, node)
    aliases.wrote(body, target.path, node, in_place=True)
    term = located(body, target, lambda place: operate(Delete(place.place), *_keys(body, place)))
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
    if any(overlap(_path(base), written_path(written)) for written in value.writes):
        raise _changes_itself(body, name, node.args[0])
    aliases.give(body, value, node.args[0], f"an element of `{name}`", str(_path(base)[0]))
    aliases.wrote(body, _path(base), node, in_place=True)

    def build(found: PlaceRef) -> Term:
        term = operate(Append(found.place), value.at(body.level), *_keys(body, found))
        if value.calm or not found.keys:
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
