"""Places under keys that were evaluated once: the keys in slots of their own, and the place as its author writes it.

A negative index is kept as the position that it means when it is evaluated. A record of scalars that a name stands for
is kept in a slot, too; what is written through the name goes to both.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from camshaft.category.terms import (
    Constant,
    Get,
    If,
    Primitive,
    Put,
    Term,
    compose,
    operate,
    sequence,
)
from camshaft.language.body import Body
from camshaft.language.homes import Alias
from camshaft.language.lowered import SELF, Lowered, Path, PlaceRef, capped, nothing
from camshaft.language.pytypes import (
    PY_INT,
    PyClass,
    PyDict,
    PyList,
    PyMachine,
    PyTuple,
    PyType,
    as_key,
)
from camshaft.language.unit import GivenPlace
from camshaft.values.types import INT


def slot_place(slot: int | None, steps: tuple[str | None, ...] = ()) -> PlaceRef:
    """The place of a slot, or of a field in it."""
    assert slot is not None, "the variable has a slot"
    return PlaceRef(slot, steps, ())


def put_slot(slot: int | None, value: Term) -> Term:
    return operate(Put(slot_place(slot).place), value)


def kept_keys(
    body: Body, name: str, place: PlaceRef, containers: Sequence[PyType], *, of_element: bool = False
) -> tuple[PlaceRef, list[Term]]:
    """The place with its keys in slots, and the terms that put them there; `of_element`: the name is for an element."""
    steps = (*place.steps, None) if of_element else place.steps
    kept: list[Lowered] = []
    puts: list[Term] = []
    for number, (key, container) in enumerate(zip(place.keys, containers, strict=True)):
        type_ = as_key(container.key) if isinstance(container, PyDict) else PY_INT
        slot = body.hidden(key_name(number, name, place.slot, steps), type_).slot
        puts.append(put_slot(slot, capped(key).at(body.level)))
        kept.append(Lowered(type_, slot_place(slot).get(0), 0, calm=True, stable=True))
    return replace(place, keys=tuple(kept)), puts


def keys_once(body: Body, place: PlaceRef, build: Callable[[PlaceRef], Term]) -> Term:
    """Evaluate the keys of a place once, in order, for a term that uses them twice, without a check of their size."""

    def bind(waiting: Sequence[Lowered], done: tuple[Lowered, ...]) -> Term:
        if not waiting:
            return build(replace(place, keys=done))
        first = waiting[0]
        return body.bound_term(
            replace(first, wide=False), lambda key: bind(waiting[1:], (*done, replace(key, wide=first.wide)))
        )

    return bind(place.keys, ())


def key_name(number: int, name: str, slot: int, steps: Path) -> str:
    """The slot of a key that a name keeps: the same for all places of one shape, wherever the name is bound to one."""
    return f"key {number} of {name} in {slot} {steps}"


def positions(body: Body, place: PlaceRef, containers: Sequence[PyType], known: int) -> list[Term]:
    """The terms that make negative indexes of a place, which are in slots, the positions that they mean now."""
    terms: list[Term] = []
    nones = [at for at, step in enumerate(place.steps) if step is None]
    for number, (at, container) in enumerate(zip(nones, containers, strict=True)):
        if number < known or not isinstance(container, PyList):
            continue
        key = place.keys[number].at(body.level)
        assert isinstance(key, Get)
        of_list = replace(place, steps=place.steps[:at], keys=place.keys[:number]).get(body.level)
        behind = operate(Primitive("add"), key, compose(of_list, Primitive("length")))
        negative = operate(Primitive("less"), key, Constant(INT, 0))
        terms.append(If(negative, operate(Put(key.place), compose(behind, Primitive("cap"))), nothing()))
    return terms


def key_containers(body: Body, place: PlaceRef) -> list[PyType]:
    """The types of the containers that the keys of a place lead into."""
    found: list[PyType] = []
    type_: PyType
    if place.slot == 0:
        assert body.machine is not None
        type_ = body.machine
    else:
        variable = next(one for one in body.slots.values() if one.slot == place.slot)
        type_ = variable.stored or variable.type
    for step in place.steps:
        match type_:
            case PyList(element):
                found.append(type_)
                type_ = element
            case PyDict(_, value):
                found.append(type_)
                type_ = value
            case PyTuple(elements):
                type_ = elements[int(step or 0)]
            case PyClass() | PyMachine():
                field = type_.field(step or "")
                assert field is not None
                type_ = field.type
            case _:
                raise AssertionError("no step leads into this type")
    return found


def shape_of(place: PlaceRef, containers: Sequence[PyType]) -> GivenPlace:
    """The shape of a place whose keys lead into these containers."""
    return GivenPlace(place.steps, tuple(as_key(one.key) if isinstance(one, PyDict) else PY_INT for one in containers))


def names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name)) - {SELF}


def place_text(node: ast.AST) -> str:
    """A place as it is written, where that means the same as long as its variables do; "" elsewhere."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            before = place_text(value)
            return before and f"{before}.{attr}"
        case ast.Subscript(
            value=value, slice=ast.Name() | ast.Constant() | ast.UnaryOp(op=ast.USub(), operand=ast.Constant()) as key
        ):
            before = place_text(value)
            return before and f"{before}[{ast.unparse(key)}]"
        case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[ast.Name() | ast.Constant() as key]):
            before = place_text(value)
            return before and f"{before}[{ast.unparse(key)}]"
        case _:
            return ""


def is_at(body: Body, value: Lowered, node: ast.AST) -> bool:
    """Whether a variable's object is already in the place that is written like this."""
    if value.path is None or len(value.path) != 1:
        return False
    home = body.flow.homes.get(str(value.path[0]))
    return isinstance(home, Alias) and home.text != "" and home.text == place_text(node)


def held_at(body: Body, path: Path, place: PlaceRef) -> PlaceRef | None:
    """Where a variable's own slot has a copy of what is at a place that is reached through it."""
    home = body.flow.homes.get(str(path[0]))
    if not isinstance(home, Alias) or not home.held:
        return None
    slot = next(one.slot for one in (*body.flow.variables.values(), *body.slots.values()) if one.path == path[:1])
    return slot_place(slot, place.steps[len(home.place.steps) :])


def written_through(body: Body, path: Path, held: PlaceRef, stored: Term) -> Term:
    """environment -> (): write a part of what a name stands for into its copy, and that into the place."""
    home = body.flow.homes[str(path[0])]
    assert isinstance(home, Alias)
    whole = slot_place(held.slot).get(body.level)
    return sequence(operate(Put(held.place), stored), home.place.put(whole, body.level))
