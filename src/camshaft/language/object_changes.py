"""Calls of dataclasses' methods that change their object, in the place where it is.

An object in the state is changed where it stands, by a version of the method for places of that shape: it is given the
keys. So a call costs what the method does, whatever else the object holds. Elsewhere such a method is a function from
the object and the arguments to the changed object and the result; that is as good for records of scalars.

Python looks up the object, then evaluates the arguments, then calls: an argument that changes the object itself is
refused. What the method does to its object happens at the place, so that names for it and for its parts are treated as
by any write.

Rule: where the object is in no place, or belongs to somebody else, `locating` refuses to change it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from camshaft.category.terms import Call, Fork, Project, Term, compose, sequence
from camshaft.language import aliases
from camshaft.language.altered import check_altered
from camshaft.language.arguments import Given, Wanted, arguments
from camshaft.language.body import Body
from camshaft.language.change import Change
from camshaft.language.diagnostics import Code
from camshaft.language.escapes import note_call
from camshaft.language.given_places import call_for_place
from camshaft.language.homes import is_flat
from camshaft.language.kept_places import held_at, kept_keys, key_containers, positions, shape_of, written_through
from camshaft.language.left_behind import may_take
from camshaft.language.library.changes import Container, looked_up, on_place
from camshaft.language.lowered import CONSTANT, OWN_OBJECT, Borrow, Lowered, Path, capped, shown_path, written_name
from camshaft.language.pytypes import PyTuple, PyType, is_mutable
from camshaft.language.unit import Behaviour, Function, GivenPlace, key_parameters


def call_changing(
    body: Body,
    node: ast.Call,
    function: Function,
    behaviour: Behaviour,
    version_for: Callable[[GivenPlace], Function | None],
) -> Lowered:
    """`lot.bid(5)`, where `bid` changes the lot. Raises Problem.

    `version_for`: gives the version of the method for places of a shape, where there can be one.
    """
    assert isinstance(node.func, ast.Attribute)
    receiver = node.func.value
    signature = function.signature
    own, *rest = signature.parameters
    result = signature.result
    wanted = [Wanted(one.name, one.type, one.default, one.keyword_only) for one in rest]
    name = f"`{function.shown}`"
    written: set[str] = set()
    borrowed: list[Borrow] = []

    def build(found: Container) -> Term:
        held = held_at(body, found.path, found.place)
        before = Lowered(
            own.type,
            found.get(body) if held is None else held.get(body.level),
            body.level,
            calm=True,
            borrows=(Borrow(found.owner, own.type, receiver),),
        )
        shape = _shape(body, found, own.type) if held is None else None
        version = None if shape is None else version_for(shape)
        keys = None if shape is None or version is None else _keys(body, found, shape)
        given = arguments(body, node, wanted, name, (before, receiver), instead=keys)
        written.update(found.written | given.writes)
        _note_effects(body, node, function, behaviour, given, found.path)
        if is_mutable(result):
            borrowed.extend(_shown(behaviour, given, found.owner, Borrow(found.owner, result, node)))
        values = [value for value, _ in given.values[1:]]
        if version is not None:
            there = compose(found.get(body), Fork(()))  # where there is none, this is the line that fails
            return sequence(*([there] if found.place.keys else []), compose(given.record, Call(version.key)))
        both = Lowered(PyTuple((own.type, result)), compose(given.record, Call(function.key)), body.level)

        def store(after: Lowered) -> Term:
            changed = compose(after.at(body.level), Project("0"))
            if held is None:
                stored = found.put(body, changed)
            else:
                stored = written_through(body, found.path, held, changed)
            return sequence(stored, compose(after.at(body.level), Project("1")))

        return looked_up(body, found, values, body.bound_term(both, store))

    term = on_place(body, receiver, build)
    return Lowered(result, term, body.level, borrows=tuple(borrowed), writes=frozenset(written))


def call_in_place(
    body: Body,
    node: ast.Call,
    function: tuple[Function, Behaviour],
    receiver: tuple[Lowered, ast.AST],
    version_for: Callable[[GivenPlace], Function | None],
) -> Lowered | None:
    """`order.line(k)`, where the result is a part of an object in the state: its place; None where it is not.

    Raises Problem.
    """
    (called, behaviour), (base, _) = function, receiver
    place, path = base.place, base.path
    if place is None or path is None or place.slot or place.opening is not None or is_flat(base.type):
        return None
    containers = key_containers(body, place)
    version = version_for(shape_of(place, containers))
    if version is None:
        return None
    assert version.lowering is not None
    assert version.lowering.place is not None
    # The keys are evaluated once, and an index counts from the end of the list that is there now.
    name = f"object of {getattr(node, 'lineno')}:{getattr(node, 'col_offset')}"  # noqa: B009  # see `body`
    kept, starts = kept_keys(body, body.fresh(name), place, containers)
    starts += [compose(kept.get(body.level), Fork(())), *positions(body, kept, containers, place.known)]
    names = [one.name for one in key_parameters(shape_of(place, containers))]
    keys = [(label, key.at(body.level)) for label, key in zip(names, kept.keys, strict=True)]
    rest = called.signature.parameters[1:]
    wanted = [Wanted(one.name, one.type, one.default, one.keyword_only) for one in rest]
    given = arguments(body, node, wanted, f"`{called.shown}`", receiver, instead=keys)
    written = {written_name(body.flow.resolved(path))} if called.signature.changes_object else set()
    _note_effects(body, node, called, behaviour, given, path)
    record, result = sequence(*starts, given.record), called.signature.result
    return call_for_place(body, node, version.key, version.lowering.place, result, record, given.writes | written)


def _note_effects(
    body: Body, node: ast.Call, function: Function, behaviour: Behaviour, given: Given, path: Path
) -> None:
    """What a call does to the object at a path, and to what the method is given. Raises Problem."""
    name = f"`{function.shown}`"
    owner = body.flow.resolved(path)
    changes = [replace(one, path=(*path, *one.path[1:])) for one in behaviour.changes]
    _check_arguments_survive(body, given, changes, function, node)
    for change in sorted(changes, key=lambda one: (one.kind.name, shown_path(one.path))):
        aliases.changed(body, change.kind, change.path, node)
        may_take(body, change, node, takes=behaviour.takes)
    for parameter, value, where in given.named:
        if parameter in behaviour.stores:
            # In an object of a variable it is in one of its fields; in one that is deeper, where that is.
            fields = behaviour.fields_of(parameter) if len(owner) == 1 else None
            aliases.give(body, value, where, f"`{parameter}` of {name}", (*owner, None), fields)
    note_call(body, behaviour, node)
    check_altered(body, behaviour, given, node, name)


def _shape(body: Body, found: Container, type_: PyType) -> GivenPlace | None:
    """The shape of the place in the state where a method's object is, where it is worth a version of its own."""
    if found.place.slot or found.place.opening is not None or is_flat(type_):
        return None
    return shape_of(found.place, key_containers(body, found.place))


def _keys(body: Body, found: Container, shape: GivenPlace) -> list[tuple[str, Term]]:
    """The keys of an object's place, as a version of its method takes them."""
    names = [one.name for one in key_parameters(shape)]
    return [(name, capped(key).at(body.level)) for name, key in zip(names, found.place.keys, strict=True)]


def _check_arguments_survive(
    body: Body, given: Given, changes: list[Change], function: Function, node: ast.AST
) -> None:
    """Refuse to pass a part of the object to a method that changes that part. Raises Problem."""
    for value, where in given.values[1:]:
        for borrow in value.borrows:
            resolved = [replace(one, path=body.flow.resolved(one.path)) for one in changes]
            if any(one.is_within(borrow.path) for one in resolved):
                raise body.problem(
                    Code.ALIAS,
                    f"`{shown_path(borrow.path)}` is passed to `{function.shown}`, which changes it",
                    where,
                    f"let `{function.signature.name}` read it of its own object, or pass a copy",
                    here="the parameter would be another name for it",
                    also=(body.label(node, "changed by this call"),),
                )


def _shown(behaviour: Behaviour, given: Given, owner: Path, result: Borrow) -> list[Borrow]:
    """What the result of a call shows: parts of the object, constants, what was given."""
    shown = replace(result, exact=False, shared=True)
    found: list[Borrow] = []
    for path in sorted(behaviour.returns, key=shown_path):
        if path[0] == OWN_OBJECT:
            found.append(replace(shown, path=(*owner, *path[1:])))
        elif str(path[0]).endswith(CONSTANT):
            found.append(replace(shown, path=path))
        else:
            found += [borrow.may_be() for value, _ in given.values[1:] for borrow in value.borrows]
    return found
