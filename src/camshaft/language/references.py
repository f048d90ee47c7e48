"""Names whose objects can change: reading them, binding them to places, and letting them follow their object.

A name is bound to a place where what it is assigned belongs to one: `lot = self.lots[k]`. Its keys are evaluated once
and kept in slots of their own, a negative index as the position that it means then; a name that may be None has a slot
that says whether it is. A record of scalars is also kept in the name's own slot, so that reading it looks nothing up;
a write through the name goes to both.

`moves` has what becomes of a name whose own object is stored elsewhere.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import cast

from camshaft.category.terms import (
    Case,
    Constant,
    Fork,
    Get,
    Identity,
    If,
    Inject,
    MapEach,
    Primitive,
    Put,
    Term,
    compose,
    operate,
    sequence,
)
from camshaft.language import aliases
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.flow import Variable
from camshaft.language.gathering import can_be_gathered
from camshaft.language.homes import (
    EMPTY,
    OWN,
    Alias,
    Empty,
    Ended,
    Gathers,
    Home,
    Own,
    Picked,
    Refers,
    Shown,
    gathers,
    is_flat,
    shown,
)
from camshaft.language.kept_places import (
    kept_keys,
    key_containers,
    keys_once,
    names_in,
    place_text,
    positions,
    put_slot,
    slot_place,
)
from camshaft.language.keyed import AtPlace, Keyed, at_place, element_path, keyed, told_by
from camshaft.language.lowered import OWN_OBJECT, SELF, Borrow, Lowered, Path, PlaceRef, nothing
from camshaft.language.moves import release
from camshaft.language.pytypes import (
    PY_NONE,
    PyList,
    PyType,
    PyUnion,
    core,
    tag,
)
from camshaft.language.unit import Standing, key_parameters
from camshaft.values.types import BOOL, UNIT, Variant


def read(body: Body, variable: Variable, node: ast.AST) -> Lowered:
    """What a variable refers to here. Raises Problem where that is gone."""
    home = body.flow.homes.get(str(variable.path[0]), OWN)
    if isinstance(home, Ended):
        raise aliases.ended(body, variable.name, home, node)
    found = body.flow.narrowed.get(variable.path)
    known = variable.type if found is None else found.type
    if variable.present is not None and known == PY_NONE:
        return Lowered(PY_NONE, Constant(UNIT, ()), body.level, calm=True, stable=True, path=variable.path)
    value = _object(body, variable, home, node)
    if variable.present is None or known == value.type:
        return value
    present = slot_place(variable.present).get(body.level)
    variant = cast(Variant, core(variable.type))
    there = compose(value.term, Inject(variant, tag(value.type)))
    missing = compose(Constant(UNIT, ()), Inject(variant, tag(PY_NONE)))
    return replace(
        value,
        type=variable.type,
        term=If(present, there, missing),
        place=None,
        held=False,
        present=present,
        maybe=value.place,
    )


def _object(body: Body, variable: Variable, home: Home, node: ast.AST) -> Lowered:
    type_ = variable.stored or variable.type
    place: PlaceRef | None = None
    held = False
    match home:
        case Own() | Empty() | Gathers():
            place = slot_place(variable.slot)
            term = place.get(body.level)
            borrows: tuple[Borrow, ...] = (Borrow(variable.path, type_, node), *gathered(body, variable.path, node))
        case Alias():
            place, held = home.place, home.held
            term = slot_place(variable.slot).get(body.level) if held else place.get(body.level)
            borrows = (Borrow(home.path, type_, node, capture=home.capture), *gathered(body, home.path, node))
        case Refers():
            return _elements(body, variable, home, node)
        case Shown() | Ended():
            assert isinstance(home, Shown)
            term = slot_place(variable.slot).get(body.level)
            borrows = tuple(replace(borrow, node=node) for borrow in home.borrows)
    return Lowered(
        type_,
        term,
        body.level,
        calm=True,
        # A place of the state may be changed by what is evaluated around it.
        stable=not isinstance(home, Alias) or held,
        borrows=borrows,
        path=variable.path,
        place=place,
        held=held,
    )


def _elements(body: Body, variable: Variable, home: Refers, node: ast.AST) -> Lowered:
    """The list of what a name stands for the places of."""
    part = home.part
    assert isinstance(part, AtPlace)
    assert isinstance(variable.type, PyList)
    kept = next(one for one in body.slots.values() if one.slot == home.keys)
    keys = Lowered(kept.type, slot_place(home.keys).get(0), 0, calm=True)
    finding = Keyed(keys, part)
    inner, port = body.flow.inner(core(finding.element))
    found = Lowered(finding.element, inner.scope.read(port), inner.scope.level, calm=True, stable=True)
    one = body.within(inner, lambda: at_place(body, part, found, node))
    both = Fork((("0", Identity()), ("1", keys.at(body.level))))
    borrows = tuple(borrow.collected() for borrow in one.borrows)
    value = Lowered(variable.type, compose(both, MapEach(one.term)), body.level, calm=True, borrows=borrows)
    return told_by(value, finding)


def gathered(body: Body, path: Path, node: ast.AST) -> tuple[Borrow, ...]:
    """What is of others at a path, where that leads into a container that has gathered it."""
    home = body.flow.homes.get(str(path[0]))
    return home.of(path, node) if isinstance(home, Gathers) else ()


def bind(body: Body, variable: Variable, value: Lowered, target: ast.AST, node: ast.AST) -> Term:
    """environment -> (): let a variable refer to a value, which fits its type. Raises Problem."""
    if value.path == variable.path:
        return nothing()
    if value.type == PY_NONE and variable.present is not None:
        return _rebound(body, variable, EMPTY, put_slot(variable.present, Constant(BOOL, False)), value, target)
    place = _place_of(body, variable, value)
    if place is not None:
        home, term = _to_place(body, variable, value, place, node)
        return _rebound(body, variable, home, term, value, target)
    listed = keyed(body, value) if variable.present is None else None
    if listed is not None and isinstance(listed.part, AtPlace):
        body.referable.add(variable.name)
        if variable.name in body.references:
            return _to_elements(body, variable, value, listed, target, node)
    aliases.want_place(body, value)
    term = stored(variable, value, body.level)
    if all(aliases.can_be_given(body, borrow, to_variable=True) for borrow in value.borrows):
        aliases.give(body, value, node, f"`{variable.name}`", variable.path)
        return _rebound(body, variable, OWN, term, value, target)
    if all(borrow.fresh and can_be_gathered(body, borrow) for borrow in value.borrows):
        own = gathers(value.borrows, [(None,)], node, OWN, _picked(body, value, node))
        return _rebound(body, variable, own, term, value, target)
    return _rebound(body, variable, shown(value.borrows, node), term, value, target)


def _picked(body: Body, value: Lowered, node: ast.AST) -> Picked | None:
    """The elements that a new list is picked from, of one container, none of them twice."""
    found = keyed(body, value)
    if found is None or not isinstance(found.part, AtPlace) or found.part.way:
        return None
    path = element_path(body, found.part)
    return Picked(node, path) if all(borrow.path == path for borrow in value.borrows) else None


def _to_elements(body: Body, variable: Variable, value: Lowered, listed: Keyed, target: ast.AST, node: ast.AST) -> Term:
    """Let a variable stand for the elements of a list where they are."""
    part = listed.part
    assert isinstance(part, AtPlace)
    assert part.base.place is not None
    containers = key_containers(body, part.base.place)
    place, starts = kept_keys(body, f"what {variable.name} is of", part.base.place, containers)
    starts += positions(body, place, containers, part.base.place.known)
    path = element_path(body, part)
    assert part.base.path is not None
    base = replace(part.base, place=place, path=body.flow.resolved(part.base.path))
    slot = body.hidden(f"what finds {variable.name}", listed.value.type).slot
    assert slot is not None
    home = Refers(slot, place, path, replace(part, base=base), node)
    return _rebound(body, variable, home, sequence(put_slot(slot, listed.value.at(body.level)), *starts), value, target)


def _rebound(body: Body, variable: Variable, home: Home, term: Term, value: Lowered, target: ast.AST) -> Term:
    """The variable refers to something else from here on: `term` sets its slots."""
    starts = release(body, variable, value, target)
    aliases.rebound(body, variable.name, target)
    body.flow.homes[variable.name] = home
    return sequence(*starts, term)


def show(body: Body, node: ast.Name, value: Lowered) -> tuple[str, Term]:
    """Let a name of a loop or of a case stand for the place that a value is at, whose keys do not change.

    Gives the root of its paths, and the term that starts it.
    """
    name = node.id
    if name == SELF:
        raise body.problem(Code.UNSUPPORTED, "`self` cannot be assigned", node, "bind another name")
    root = body.fresh(name)
    flat = is_flat(value.type)
    slot = body.hidden(f"{name} of {node.lineno}:{node.col_offset}", value.type).slot if flat else None
    assert value.place is not None
    assert value.path is not None
    place, starts = value.place, list[Term]()
    if any(isinstance(key.term, Get) for key in place.keys):
        # They are another name's, which may be bound again.
        place, starts = kept_keys(body, f"{name} of {node.lineno}", place, key_containers(body, place))
    place = replace(place, known=len(place.keys))
    path = body.flow.resolved(value.path)
    aliases.renamed(body, name)
    body.flow.variables[name] = Variable(name, value.type, (root,), slot=slot, stored=value.type)
    body.flow.homes[root] = Alias(place, path, value.type, node, held=flat, capture=root)
    return root, sequence(*starts, put_slot(slot, value.at(body.level)) if flat else nothing())


def own(body: Body, node: ast.Name, value: Lowered) -> tuple[str, Term]:
    """Let a name of a loop have an object of its own. Gives the root of its paths, and the term that starts it."""
    root = body.fresh(node.id)
    slot = body.hidden(f"{node.id} of {node.lineno}:{node.col_offset}", value.type).slot
    aliases.renamed(body, node.id)
    body.flow.variables[node.id] = Variable(node.id, value.type, (root,), slot=slot, stored=value.type)
    body.flow.homes[root] = OWN
    return root, put_slot(slot, value.at(body.level))


def take_object(body: Body, type_: PyType, value: Lowered) -> Term:
    """environment -> (): let `self` own the object that a dataclass's method was given, which it changes."""
    own = body.hidden(OWN_OBJECT, type_)
    body.flow.variables[SELF] = replace(own, name=SELF, stored=type_)
    return put_slot(own.slot, value.at(body.level))


def stand(body: Body, standing: Standing, node: ast.AST) -> None:
    """Let `self` stand for the place where the object of a dataclass's method is, under keys that are parameters."""
    scope = body.flow.scope
    keys = [
        Lowered(one.type, scope.read(scope.base(one.name, core(one.type))), 0, calm=True, stable=True)
        for one in key_parameters(standing.place)
    ]
    place = PlaceRef(0, standing.place.steps, tuple(keys), known=len(keys))
    body.flow.variables[SELF] = Variable(SELF, standing.owner, (OWN_OBJECT,), stored=standing.owner)
    body.flow.homes[OWN_OBJECT] = Alias(place, (SELF, *standing.place.steps), standing.owner, node)


def own_object(body: Body) -> Term:
    """environment -> the object that a dataclass's method has changed"""
    return slot_place(body.slots[OWN_OBJECT].slot).get(body.level)


def stored(variable: Variable, value: Lowered, level: int) -> Term:
    """environment -> (): put a value into the variable's own slot."""
    if variable.present is None:
        return put_slot(variable.slot, value.at(level))
    there = put_slot(variable.present, Constant(BOOL, True))
    if value.type == variable.stored:
        return sequence(put_slot(variable.slot, value.at(level)), there)
    assert variable.stored is not None
    cases = [
        (tag(variable.stored), sequence(Put(slot_place(variable.slot).place), there)),
        (tag(PY_NONE), put_slot(variable.present, Constant(BOOL, False))),
    ]
    return compose(value.at(level), Case(tuple(sorted(cases, key=lambda case: case[0]))))


def _place_of(body: Body, variable: Variable, value: Lowered) -> PlaceRef | None:
    """The one place that a value is at, and that a name can stand for."""
    place = value.place or value.maybe
    exact = [borrow for borrow in value.borrows if borrow.exact]
    if place is None or len(exact) != 1 or place.slot == variable.slot:
        return None
    (borrow,) = exact
    home = body.flow.homes.get(str(borrow.path[0]))
    others = home.paths if isinstance(home, Gathers) else frozenset()
    if others and variable.name in body.touched:
        aliases.want_references(body, str(borrow.path[0]))
    if any(one is not borrow and one.path not in others for one in value.borrows):
        return None
    # Of what a container has gathered, only what is the container's own can be changed, and has a place.
    if not all(one.fresh for one in gathered(body, borrow.path, borrow.node)):
        return None
    if value.type not in (variable.type, variable.stored):
        return None
    if isinstance(value.type, PyUnion) and (variable.present is None or value.maybe is None):
        return None
    return place


def _to_place(body: Body, variable: Variable, value: Lowered, place: PlaceRef, node: ast.AST) -> tuple[Alias, Term]:
    """What the variable stands for from here on, and the term that evaluates the keys and sets its slots."""
    if value.place is None or not any(key.wide for key in place.keys):
        return _to_kept(body, variable, value, place, node)
    homes: list[Alias] = []

    def build(found: PlaceRef) -> Term:
        home, term = _to_kept(body, variable, value, found, node)
        homes.append(home)
        # A number that is too large for an integer is out of range before it is too large.
        return sequence(compose(found.get(body.level), nothing()), term)

    term = keys_once(body, place, build)
    return homes[0], term


def _to_kept(body: Body, variable: Variable, value: Lowered, place: PlaceRef, node: ast.AST) -> tuple[Alias, Term]:
    type_ = variable.stored or variable.type
    (borrow,) = [one for one in value.borrows if one.exact]
    containers = key_containers(body, place)
    kept, starts = kept_keys(body, variable.name, place, containers)
    flat = variable.slot is not None and (is_flat(type_) or variable.name in body.shown_only)
    there = [] if variable.present is None else [put_slot(variable.present, Constant(BOOL, True))]
    if value.present is not None:
        assert value.maybe is not None
        copy = put_slot(variable.slot, kept.get(body.level)) if flat else nothing()
        starts += [put_slot(variable.present, value.present), If(value.present, copy, nothing())]
    elif value.maybe is not None:
        starts.append(_find(body, variable, kept, flat=flat))
    elif flat:
        term = value.at(body.level) if value.held else kept.get(body.level)
        starts += [put_slot(variable.slot, term), *there]
    else:
        starts += [] if place.is_known else [compose(kept.get(body.level), nothing())]
        starts += there
    starts += positions(body, kept, containers, place.known)
    home = Alias(
        replace(kept, known=len(kept.keys)),
        borrow.path,
        type_,
        node,
        held=flat,
        text=place_text(node),
        names=names_in(node),
    )
    return home, sequence(*starts) if starts else nothing()


def _find(body: Body, variable: Variable, place: PlaceRef, *, flat: bool) -> Term:
    """environment -> (): whether the dict has the entry, and what it is, in the variable's slots."""
    of_dict = replace(place, steps=place.steps[:-1], keys=place.keys[:-1]).get(body.level)
    key = place.keys[-1].at(body.level)
    if not flat:
        return put_slot(variable.present, operate(Primitive("map_contains"), of_dict, key))
    found = sequence(Put(slot_place(variable.slot).place), put_slot(variable.present, Constant(BOOL, True)))
    missing = put_slot(variable.present, Constant(BOOL, False))
    return compose(operate(Primitive("map_find"), of_dict, key), Case((("found", found), ("missing", missing))))
