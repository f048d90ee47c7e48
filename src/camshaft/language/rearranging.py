"""Containers made of their own elements: `self.lines = [line for line in self.lines if line.open]`.

The new container takes the place of the old one, which nobody can reach afterwards. So each object is still in one
place, as long as it is in the new container no more than once. That is seen by syntax: a comprehension of one loop over
the container whose elements are the loop's, a slice, `sorted`, `list`, `reversed`.

Or the new container was a variable's, which a loop over the old one has filled: `kept.append(line)`, at most once in a
round, and then `self.lines = kept`. What the same loop put into another variable's container is that one's own then.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from camshaft.language.body import Body
from camshaft.language.homes import OWN, Gathers, Picked, Refers
from camshaft.language.keyed import keyed
from camshaft.language.left_behind import has_taken
from camshaft.language.lowered import Lowered, Path


def without_own(target: ast.expr, node: ast.AST, value: Lowered, path: Path) -> Lowered:
    """A value that is assigned to a target, at a path, without the borrows of elements that stay in that place."""
    if not value.borrows:
        return value
    place = ast.unparse(target)
    if _is_replaced(place, node):
        # What is given anew is inside of the new object; the rest are the old one's own fields.
        left = tuple(borrow for borrow in value.borrows if borrow.inside or borrow.path[: len(path)] != path)
        return replace(value, borrows=left)
    if not _is_rearranged(place, node):
        return value
    element = (*path, None)
    kept = tuple(borrow for borrow in value.borrows if borrow.path[: len(element)] != element)
    return replace(value, borrows=kept)


def rebuilt(body: Body, value: Lowered, node: ast.AST, path: Path) -> tuple[Lowered, Picked | None]:
    """A variable's container that goes to a path: without the borrows of what it was picked from, where that is there.

    Gives too what that was; `part` is to be called when it is stored.
    """
    if value.path is None or len(value.path) != 1:
        listed = keyed(body, value)
        if listed is None or not isinstance(node, ast.Name) or not isinstance(body.flow.homes.get(node.id), Refers):
            return value, None
        element = (*path, None)
        return replace(value, borrows=tuple(one for one in value.borrows if one.path != element)), None
    home = body.flow.homes.get(str(value.path[0]))
    if not isinstance(home, Gathers) or home.picked is None or home.paths != {(*path, None)}:
        return value, None
    body.flow.homes[str(value.path[0])] = OWN
    return replace(value, borrows=tuple(one for one in value.borrows if one.path not in home.paths)), home.picked


def part(body: Body, picked: Picked, node: ast.AST) -> None:
    """Some of what was picked is in a place of its own: what else was picked of it belongs to those who have it."""
    for name, home in list(body.flow.homes.items()):
        if isinstance(home, Gathers) and home.picked == picked and home.paths == {picked.path}:
            body.flow.homes[name] = OWN
            has_taken(body, picked.path, body.slots[name], node)


def _is_replaced(place: str, node: ast.AST) -> bool:
    """`self.lot = replace(self.lot, best=3)`"""
    match node:
        case ast.Call(func=ast.Name(id="replace") | ast.Attribute(attr="replace"), args=[one]):
            return ast.unparse(one) == place
        case _:
            return False


def _is_rearranged(place: str, node: ast.AST) -> bool:
    match node:
        case (
            ast.ListComp(elt=ast.Name(id=name), generators=[one])
            | ast.DictComp(value=ast.Name(id=name), generators=[one])
        ):
            return _shows(place, one, name)
        case _:
            return isinstance(node, ast.expr) and _is_in_order(place, node)


def _shows(place: str, loop: ast.comprehension, name: str) -> bool:
    """Whether a loop goes over the elements of the container at a place, each of which its name stands for once."""
    match loop.target, loop.iter:
        case ast.Name(id=target), ast.Call(func=ast.Attribute(value=owner, attr="values"), args=[], keywords=[]):
            return target == name and ast.unparse(owner) == place
        case (
            ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=target)]),
            ast.Call(func=ast.Attribute(value=owner, attr="items"), args=[], keywords=[]),
        ):
            return target == name != key and ast.unparse(owner) == place
        case ast.Name(id=target), source:
            return target == name and _is_in_order(place, source)
        case _:
            return False


def _is_in_order(place: str, node: ast.expr) -> bool:
    """Whether an expression gives elements of the container at a place, none of them twice."""
    match node:
        case ast.Subscript(value=inner, slice=ast.Slice()):
            return _is_in_order(place, inner)
        case ast.Call(func=ast.Name(id="sorted" | "list" | "reversed"), args=[inner]):
            return _is_in_order(place, inner)
        case _:
            return ast.unparse(node) == place
