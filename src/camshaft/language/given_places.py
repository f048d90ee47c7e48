"""Methods whose result is a part of the state: what they give their callers is the place, not a copy.

`def _lot(self, name: str) -> Lot: … return self.lots[name]`: in Python the caller gets the object itself, and changes
it where it is. A method that others call, and each `return` of which gives what is at places of one shape, is lowered
a second time, as a function to the keys of that place; `self._lot(name)` then stands for the place under those keys.
They are evaluated once, where the call stands. Where it may give None, whether it did comes before the keys.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from camshaft.category.terms import Call, Constant, Fork, If, Inject, Primitive, Term, compose, operate, sequence
from camshaft.language import aliases
from camshaft.language.body import Body
from camshaft.language.homes import referred
from camshaft.language.kept_places import (
    kept_keys,
    key_containers,
    keys_once,
    positions,
    put_slot,
    shape_of,
    slot_place,
)
from camshaft.language.lowered import SELF, Borrow, Lowered, Path, PlaceRef, nothing
from camshaft.language.pytypes import PY_NONE, PyType, core, tag
from camshaft.language.unit import GivenPlace
from camshaft.values.check import zero
from camshaft.values.types import BOOL, Variant


class NoPlace(Exception):
    """A result is not at a place, or at one of another shape than the results before it."""


def answer(body: Body, value: Lowered) -> Term:
    """environment -> whether there is a result, and the keys of the place where it is. Raises NoPlace, PlaceWanted."""
    if value.type == PY_NONE:
        known = body.given_place
        return nothing() if known is None else Constant(core(known.type), zero(core(known.type)))
    place = value.place or value.maybe
    if place is None:
        aliases.want_place(body, value)
        raise NoPlace
    paths = [borrow.path for borrow in value.borrows if borrow.exact]
    whole = value.type == referred(body.result)
    if place.slot or not place.keys or [path[0] for path in paths] != [SELF] or not (whole or value.maybe is not None):
        raise NoPlace
    containers = key_containers(body, place)
    given = shape_of(place, containers)
    if body.given_place not in (None, given):
        raise NoPlace
    body.given_place = given

    def told(found: PlaceRef) -> Term:
        kept, starts = kept_keys(body, "the result", found, containers)
        if whole and not place.is_known:
            # A number that is too large for an integer is out of range before it is too large.
            starts.insert(0, compose(found.get(body.level), nothing()))
        parts = [_is_there(body, value, kept), *(key.at(body.level) for key in kept.keys)]
        answered = Fork(tuple((str(index), part) for index, part in enumerate(parts)))
        return sequence(*starts, *positions(body, kept, containers, place.known), answered)

    return keys_once(body, place, told)


def _is_there(body: Body, value: Lowered, kept: PlaceRef) -> Term:
    if value.place is not None:
        return Constant(BOOL, True)
    if value.present is not None:
        return replace(value, term=value.present).at(body.level)
    of_dict = replace(kept, steps=kept.steps[:-1], keys=kept.keys[:-1]).get(body.level)
    return operate(Primitive("map_contains"), of_dict, kept.keys[-1].at(body.level))


def call_for_place(
    body: Body, node: ast.AST, function: str, found: GivenPlace, result: PyType, record: Term, writes: frozenset[str]
) -> Lowered:
    """What a call gives, at its place. `record`: environment -> the record of the arguments."""
    name = f"place called for at {getattr(node, 'lineno')}:{getattr(node, 'col_offset')}"  # noqa: B009  # see `body`
    slot = body.hidden(body.fresh(name), found.type).slot
    call = put_slot(slot, compose(record, Call(function)))

    def kept(index: int) -> Term:
        return slot_place(slot, (str(index),)).get(0)

    steps = found.steps
    keys = [Lowered(type_, kept(index), 0, calm=True) for index, type_ in enumerate(found.keys, 1)]
    looked_up = PlaceRef(0, steps, tuple(keys), known=len(keys))
    # The first key makes the call: the keys of a place are evaluated once, in their order, before anything else.
    first = Lowered(found.keys[0], sequence(call, kept(1)), body.level)
    place = PlaceRef(0, steps, (first, *keys[1:]), known=len(keys))
    path: Path = (SELF, *steps)
    type_ = referred(result)
    borrows = (Borrow(path, type_, node),)
    if type_ == result:
        return Lowered(type_, place.get(body.level), body.level, borrows=borrows, writes=writes, path=path, place=place)
    variant = core(result)
    assert isinstance(variant, Variant)
    there = compose(looked_up.get(body.level), Inject(variant, tag(type_)))
    missing = compose(Fork(()), Inject(variant, tag(PY_NONE)))
    term = sequence(call, If(kept(0), there, missing))
    return Lowered(result, term, body.level, borrows=borrows, writes=writes, path=path, present=kept(0), maybe=place)
