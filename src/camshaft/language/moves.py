"""Objects of a method's own that go elsewhere: their names follow them.

An object that is stored moves into its place, and its name stands for that place. One whose variable gets another
object stays with another name that it has.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.category.terms import (
    Constant,
    If,
    Primitive,
    Term,
    compose,
    operate,
    sequence,
)
from camshaft.language.body import Body
from camshaft.language.escapes import note_taken
from camshaft.language.flow import GivenAway, Variable
from camshaft.language.gathering import fields_of, note_stored
from camshaft.language.homes import REPLACED, Alias, Ended, Gathers, Own, Refers, Shown, is_flat, shown
from camshaft.language.kept_places import (
    kept_keys,
    key_containers,
    key_name,
    names_in,
    place_text,
    positions,
    put_slot,
    slot_place,
)
from camshaft.language.lowered import OWN_OBJECT, Lowered, Path, PlaceRef, capped, nothing
from camshaft.language.pytypes import (
    PY_INT,
    PyType,
    is_mutable,
)
from camshaft.values.types import INT


def release(body: Body, variable: Variable, value: Lowered, node: ast.AST) -> list[Term]:
    """A variable gets another object: another name for its present one keeps that from here on."""
    name = variable.name
    home = body.flow.homes.get(name)
    if not isinstance(home, Own | Gathers) or any(borrow.path[0] == name for borrow in value.borrows):
        return []
    takers = [
        one
        for one, home in body.flow.homes.items()
        if isinstance(home, Alias) and home.path == (name,) and one in body.slots
    ]
    if not takers:
        return []
    taker = body.slots[takers[0]]
    note_taken(body, (name,), node)
    body.flow.homes[taker.name] = home
    reroot(body, name, (taker.name,), slot_place(taker.slot))
    return [put_slot(taker.slot, slot_place(variable.slot).get(body.level))]


def reroot(body: Body, name: str, path: Path, place: PlaceRef) -> None:
    """What a variable owned is at another place from here on: names for it, and for its parts, go with it."""
    flow = body.flow
    for one, home in flow.homes.items():
        match home:
            case Alias() if home.path[0] == name:
                flow.homes[one] = replace(home, place=home.place.within(place), path=(*path, *home.path[1:]), text="")
            case Refers() if home.path[0] == name:
                flow.homes[one] = Ended(REPLACED, home.node, home.node)
            case Shown() | Gathers():
                borrows = tuple(
                    replace(borrow, path=(*path, *borrow.path[1:])) if borrow.path[0] == name else borrow
                    for borrow in home.borrows
                )
                if isinstance(home, Shown):
                    flow.homes[one] = replace(shown(borrows, home.node), since=home.since)
                elif borrows != home.borrows:
                    paths = frozenset(borrow.path for borrow in borrows)
                    flow.homes[one] = replace(home, borrows=borrows, paths=paths, picked=None)
            case _:
                pass
    for known, given in flow.given_away.items():
        if given.into == name:
            flow.given_away[known] = replace(given, into=str(path[0]), fields=fields_of(path))


def movable(body: Body, value: Lowered, type_: PyType, node: ast.AST) -> Variable | None:
    """The variable whose own object a value is, or the caller's, where its name is used again after it is stored."""
    if value.path is None or len(value.path) != 1 or value.type != type_ or not is_mutable(type_):
        return None
    root = str(value.path[0])
    if root == OWN_OBJECT or any(path[0] == root for path in body.flow.given_away):
        return None
    variable = body.slots.get(root)
    if variable is not None:
        own = value.place is not None and isinstance(body.flow.homes.get(root), Own)
    else:
        variable = next((one for one in body.flow.variables.values() if one.path == value.path), None)
        own = variable is not None and variable.parameter and variable.value is not None
    return variable if variable is not None and own and body.is_used_after(variable.name, node) else None


def is_alone(body: Body, variable: Variable) -> bool:
    """Whether a variable's object is its own, and no other name leads to it or to a part of it."""
    for home in body.flow.homes.values():
        match home:
            case Alias(path=path) | Refers(path=path) if path[0] == variable.name:
                return False
            case Shown(borrows=borrows) | Gathers(borrows=borrows) if any(
                borrow.path[0] == variable.name for borrow in borrows
            ):
                return False
            case _:
                pass
    return variable.slot is not None and variable.name in body.slots


def move(body: Body, variable: Variable, value: Lowered, place: PlaceRef, path: Path, at: ast.AST) -> Term:
    """environment -> (): store a variable's own object in a place, for which its name stands from then on."""
    containers = key_containers(body, place)
    kept, starts = kept_keys(body, variable.name, place, containers)
    store = kept.put(value.at(body.level), body.level)
    ends = positions(body, kept, containers, place.known)
    return sequence(*starts, store, *ends, *_follow(body, variable, value, kept, path, at))


def move_to_end(body: Body, variable: Variable, value: Lowered, place: PlaceRef, path: Path, at: ast.AST) -> Term:
    """environment -> (): append a variable's own object to a list: its name then stands for that element."""
    containers = key_containers(body, place)
    kept, starts = kept_keys(body, variable.name, place, containers, of_element=True)
    store = kept.append(value.at(body.level), body.level)
    ends = positions(body, kept, containers, place.known)
    last = operate(Primitive("subtract"), compose(kept.get(body.level), Primitive("length")), Constant(INT, 1))
    position = body.hidden(key_name(len(kept.keys), variable.name, place.slot, (*place.steps, None)), PY_INT).slot
    ends.append(put_slot(position, compose(last, Primitive("cap"))))
    key = Lowered(PY_INT, slot_place(position).get(0), 0, calm=True, stable=True)
    return sequence(*starts, store, *ends, *_follow(body, variable, value, kept.element(key), (*path, None), at))


def move_to_index(
    body: Body, variable: Variable, value: Lowered, place: PlaceRef, path: Path, at: ast.AST, index: Lowered
) -> Term:
    """environment -> (): insert a variable's own object into a list: its name then stands for that element.

    `index`: where Python is told to insert it, which may be beyond the ends.
    """
    containers = key_containers(body, place)
    kept, starts = kept_keys(body, variable.name, place, containers, of_element=True)
    slot = body.hidden(key_name(len(kept.keys), variable.name, place.slot, (*place.steps, None)), PY_INT).slot
    position, length = slot_place(slot).get(body.level), compose(kept.get(body.level), Primitive("length"))
    if not index.calm and not place.is_known:
        starts.append(compose(kept.get(body.level), nothing()))  # where there is no list, that failure is the one
    starts.append(put_slot(slot, capped(index).at(body.level)))
    behind = operate(Primitive("add"), position, length)
    from_end = If(operate(Primitive("less"), behind, _ZERO), _ZERO, compose(behind, Primitive("cap")))
    at_end = If(operate(Primitive("less"), length, position), put_slot(slot, length), nothing())
    starts.append(If(operate(Primitive("less"), position, _ZERO), put_slot(slot, from_end), at_end))
    inserted = operate(Primitive("list_insert"), kept.get(body.level), position, value.at(body.level))
    store = kept.put(inserted, body.level)
    ends = positions(body, kept, containers, place.known)
    key = Lowered(PY_INT, slot_place(slot).get(0), 0, calm=True, stable=True)
    return sequence(*starts, store, *ends, *_follow(body, variable, value, kept.element(key), (*path, None), at))


_ZERO: Final = Constant(INT, 0)


def _follow(body: Body, variable: Variable, value: Lowered, place: PlaceRef, path: Path, at: ast.AST) -> list[Term]:
    """From here on a variable, whose object has moved there, stands for a place that is written like this."""
    known = replace(place, known=len(place.keys))
    root, terms = str(variable.path[0]), []
    flat = is_flat(value.type)
    if variable.value is not None:
        # On other ways, and to the caller, it stays the parameter that it was.
        slot = body.hidden(f"{variable.name} as stored", value.type).slot if flat else None
        terms = [put_slot(slot, value.at(body.level))] if flat else []
        body.flow.variables[variable.name] = replace(variable, value=None, slot=slot, stored=value.type)
        body.flow.give_away(variable.path, GivenAway(at, str(path[0]), fields=fields_of(path)))
        body.stores.add(variable.name)
    else:
        reroot(body, root, path, known)
    note_stored(body, root, path)
    text = place_text(at)
    body.flow.homes[root] = Alias(known, path, value.type, at, held=flat, text=text, names=names_in(at))
    return terms
