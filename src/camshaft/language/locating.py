"""Finding the place that a target or a container to be changed is, and evaluating its keys once.

Rule: what has no place, or belongs to somebody else, is refused here, with what to write instead.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from camshaft.category.terms import Primitive, Term, sequence
from camshaft.language import aliases, unchangeable
from camshaft.language.access import access, find_variable
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.homes import Refers, Shown
from camshaft.language.key_forms import fitted_key
from camshaft.language.lowered import SELF, Lowered, Path, PlaceRef
from camshaft.language.parts import element, fitted_index
from camshaft.language.pytypes import PyClass, PyDict, PyList, PyMachine, PyType, PyUnion, is_optional, shown


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


def locate(body: Body, node: ast.expr) -> Target:
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
    if _is_self(body, node.value):
        found = access(body, node)
        # The declared type: an assignment may leave what a test has narrowed.
        machine = body.unit.machine
        assert machine is not None
        declared = machine.field(node.attr)
        assert declared is not None
        assert found.path is not None
        return Target(PlaceRef(0, (node.attr,), ()), declared.type, found.path)
    owner = access(body, node.value)
    access(body, node)
    text = ast.unparse(node.value)
    if isinstance(owner.type, PyMachine):
        raise body.problem(
            Code.PARAMETER,
            f"`{text}` is the old version's instance: a migration only reads it",
            node,
            "give the new value to the new machine",
        )
    assert isinstance(owner.type, PyClass)
    if owner.type.frozen:
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{shown(owner.type)}` is frozen: its fields never change",
            node,
            f"assign a new object: `{text} = {owner.type.cls.__name__}(…)`, or `replace({text}, {node.attr}=…)`",
        )
    place = changeable(body, owner, node.value)
    field = owner.type.field(node.attr)
    assert field is not None
    return Target(place.field(node.attr), field.type, (*path_of(owner), node.attr))


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
            key = fitted_key(body, node.slice, key_type, "the key")
            found = element(body, base, value_type, key, Primitive("map_index"), node)
        case PyList(element_type):
            key = fitted_index(body, node.slice)
            found = element(body, base, element_type, key, Primitive("list_index"), node)
        case _:
            raise AssertionError("a union is never changeable")
    way = None if place.is_known or key.calm else place
    return Target(place.element(key), found.type, (*path_of(base), None), way)


def path_of(value: Lowered) -> Path:
    """The path of what can be changed."""
    assert value.path is not None, "what can be changed is at a path"
    return value.path


def changeable(body: Body, value: Lowered, node: ast.expr) -> PlaceRef:
    """The place of a container that is to be changed. Raises Problem where it may not be changed through this."""
    unchangeable.check_constant(body, value, node)
    if value.place is not None and value.path is not None:
        for one in body.flow.variables.values():
            if one.parameter and one.path[0] == value.path[0]:
                unchangeable.check_parameter(body, one, None, node)  # it was stored, and is the caller's still
        return value.place
    if value.place is None and value.path is not None and None in value.path and not isinstance(value.type, PyUnion):
        raise body.problem(
            Code.ORDER,
            f"`{ast.unparse(node)}` is looked up by a key that could fail, and changed in the same statement",
            node,
            f"look it up on a line before, with keys that are computed before that: `it = {ast.unparse(node)}`",
        )
    aliases.want_place(body, value)
    root = node
    while isinstance(root, ast.Attribute | ast.Subscript):
        root = root.value
    if isinstance(root, ast.Name) and not _is_self(body, root):
        variable = find_variable(body, root)
        home = None if variable is None else body.flow.homes.get(str(variable.path[0]))
        if variable is not None and (
            isinstance(home, Shown | Refers) or (variable.slot is None and variable.value is not None)
        ):
            unchangeable.check_parameter(body, variable, home, node)
    text = ast.unparse(node)
    if isinstance(value.type, PyUnion):
        told = f"`if {text} is not None:`" if is_optional(value.type) else f"`if isinstance({text}, …):`"
        raise body.problem(
            Code.ALIAS,
            f"`{text}` is one of several types here, `{shown(value.type)}`: it can be changed once it is known which",
            node,
            f"test it first: {told}; what is under a key needs a name: `one = {text}`",
        )
    if value.path is not None:
        raise body.problem(
            Code.ALIAS,
            f"`{text}` is a part of something that is not at one place: it cannot be changed through this name",
            node,
            f"build a new one and assign it: `{text} = …`",
        )
    unchangeable.check_choice(body, node, "this changes what `{}` returns", node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_self(body, node.func.value):
        raise body.problem(
            Code.ALIAS,
            f"what `{node.func.attr}` returns is a copy of what it has in the state: a change to it would be lost",
            node,
            f"let `{node.func.attr}` return the key, and change the place itself: `self.lines[key].quantity += 1`",
        )
    raise body.problem(
        Code.ALIAS, "this is not a place: what is changed here would be lost", node, "assign it to a variable first"
    )


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
            return build(replace(place, keys=done, known=0))
        return body.bound_term(keys[0], lambda key: bind(keys[1:], (*done, key)))

    return bind(place.keys, ())
