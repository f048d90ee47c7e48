"""Names for objects that are taken out of their places: `lot = self.lots[k]`, `del self.lots[k]`, and then `lot` again.

Where it is seen that a name's own object is the one that goes, the name has it from then on. Another name, whose object
may have gone or only moved, keeps a copy, to be read until something changes that it may be a copy of.

What is seen is syntax: the place as it was written where the name was bound, and as it is written where it is taken.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from camshaft.category.terms import If, Term
from camshaft.language.access import access
from camshaft.language.body import Body
from camshaft.language.change import Change, Kind
from camshaft.language.escapes import note_taken
from camshaft.language.flow import Variable, end_within
from camshaft.language.homes import CHANGED, MOVED, OWN, REPLACED, Alias, Ended, Gathers, Shown, gathers, shown
from camshaft.language.kept_places import place_text, put_slot, slot_place
from camshaft.language.lowered import Borrow, Lowered, Path, nothing, overlap
from camshaft.language.pytypes import PyList

_MOVING: Final = frozenset({"pop", "popitem", "remove", "clear", "insert", "sort", "reverse"})
"""The methods after which an element may be somewhere else, or nowhere."""


def before_call(body: Body, node: ast.expr) -> list[Term]:
    """The terms that go before a call on a line of its own, for names of elements that it takes or moves."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr=method), args=args) if method in _MOVING:
            path, what = _elements(body, owner)
            if path is None:
                return []
            key: ast.expr = args[0] if args else ast.UnaryOp(ast.USub(), ast.Constant(1))
            exact = place_text(ast.Subscript(owner, key, ast.Load())) if method == "pop" else ""
            return _left(body, path, exact, (node, node), what)
        case _:
            return []


def before_deletion(body: Body, node: ast.expr) -> list[Term]:
    """The terms that go before `del d[k]`."""
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice):
        return []
    path, what = _elements(body, node.value)
    return [] if path is None else _left(body, path, place_text(node), (node, node), what)


def before_assignment(body: Body, target: ast.expr, path: Path, value: Lowered, node: ast.AST) -> list[Term]:
    """The terms that go before a value, which is evaluated after them, is put in the place of an object."""
    if value.writes:
        return []  # evaluating it may change that object first
    return _left(body, path, place_text(target), (node, target), REPLACED, value.borrows)


def _elements(body: Body, owner: ast.expr) -> tuple[Path | None, str]:
    """The path of the elements of a container, and what becomes of one when others go."""
    if not any(isinstance(home, Alias) for home in body.flow.homes.values()):
        return None, ""
    found = body.within(body.flow.copy(), lambda: access(body, owner))
    path = None if found.path is None else (*body.flow.resolved(found.path), None)
    return path, MOVED if isinstance(found.type, PyList) else REPLACED


def _left(
    body: Body, path: Path, exact: str, where: tuple[ast.AST, ast.AST], what: str, borrows: Sequence[Borrow] = ()
) -> list[Term]:
    """`where`: the node after which a name may be used again, and the one to show."""
    node, shown_at = where
    terms: list[Term] = []
    owner: Variable | None = None
    for name, home in list(body.flow.homes.items()):
        if not isinstance(home, Alias) or len(home.path) < len(path) or not overlap(home.path, path):
            continue
        variable = body.slots.get(name) or _of_loop(body, name, home)
        if variable is None or not _is_used_after(body, variable, node):
            continue
        value = home.place.get(body.level)
        put = nothing() if home.held else put_slot(variable.slot, value)
        if variable.present is not None:
            put = If(slot_place(variable.present).get(body.level), put, nothing())
        terms.append(put)
        gone = exact != "" and home.text == exact and len(home.path) == len(path)
        if gone and owner is None and not any(overlap(borrow.path, home.path) for borrow in borrows):
            owner = variable
            body.flow.homes[name] = OWN
        else:
            copy = shown([Borrow(home.path, home.type, home.node, exact=False)], home.node)
            body.flow.homes[name] = replace(copy, since=Ended(what, shown_at, home.node))
    if owner is not None:
        has_taken(body, path, owner, node)
    return terms


def _of_loop(body: Body, root: str, home: Alias) -> Variable | None:
    """The name of a loop that has this root; it has a slot from here on, for the object that is left behind."""
    variable = next((one for one in body.flow.variables.values() if one.path == (root,)), None)
    if variable is None or home.capture != root:
        return None
    if variable.slot is None:
        variable = replace(variable, slot=body.hidden(f"{root} left behind", home.type).slot)
        body.flow.variables[variable.name] = variable
    return variable


def _is_used_after(body: Body, variable: Variable, node: ast.AST) -> bool:
    """Whether a name may be read after a node. That of the loop around has another object in the next round."""
    if body.loops and variable.path[0] in body.loops[-1].captures:
        return body.is_read_behind(variable.name, node)
    return body.is_used_after(variable.name, node)


def has_taken(body: Body, path: Path, variable: Variable, node: ast.AST) -> None:
    """A variable has what was at a path: what is a copy of that, or was given into that, is so of the variable's."""
    note_taken(body, path, node)
    more = Borrow(variable.path, variable.stored or variable.type, node, exact=False)
    for name, home in body.flow.homes.items():
        if name == variable.name or not isinstance(home, Gathers | Shown) or not _shows(home, path):
            continue
        if isinstance(home, Gathers):
            body.flow.homes[name] = gathers([more], [], home.node, home)
        else:
            body.flow.homes[name] = replace(shown([*home.borrows, more], home.node), since=home.since)
    body.flow.lose_track(path)
    for places in body.stored_at.values():
        if any(overlap(one, path) for one in places):
            places.add(variable.path)


def is_taken(body: Body, path: Path, node: ast.AST) -> None:
    """What was at a path is an expression's value: from here on nobody knows whose it is, and what happens to it."""
    note_taken(body, path, node)
    _is_lost(body, path, node)


def _is_lost(body: Body, path: Path, node: ast.AST) -> None:
    for name, home in body.flow.homes.items():
        if isinstance(home, Gathers | Shown) and _shows(home, path):
            body.flow.homes[name] = Ended(CHANGED, node, home.node)
    end_within(body.flow.homes)
    body.flow.lose_track(path)
    body.alters |= {name for name, places in body.stored_at.items() if any(overlap(one, path) for one in places)}


def may_take(body: Body, change: Change, node: ast.AST, *, takes: bool) -> None:
    """A method that is called may take out what is at a path, give it back, or put it elsewhere."""
    if change.kind is not Kind.GROWS:
        at = body.flow.resolved(change.path)
        at = at if change.kind is Kind.REPLACES else (*at, None)
        if takes:
            note_taken(body, at, node)
        _is_lost(body, at, node)


def _shows(home: Gathers | Shown, path: Path) -> bool:
    return any(overlap(one.path, path) for one in home.borrows)
