"""Names for what is found: assignments written out in full, so that the name stands for a place.

`users = d.setdefault(k, set())`, `found = next((one for one in self.rows if …), None)`, `side = self.buys if buy else
self.sells`: what the name is given is somewhere already, and is changed there through the name. Where a name that may
be changed is given such a value, the longer statements of the same meaning are lowered in its stead.

A choice of two places takes what follows it into both of its branches, where the name stands for one place each.

Rule: only syntax is made here, of nodes that keep their lines. Whether a name may be changed is seen by syntax too:
more rather than less.
"""

from __future__ import annotations

import ast
import copy
from typing import Final

from camshaft.language.body import Body, Rest, lower
from camshaft.language.homes import Alias, is_reference_or_none
from camshaft.language.kept_places import place_text
from camshaft.language.lowered import Lowered
from camshaft.language.names import is_builtin
from camshaft.language.pytypes import PY_NONE, PyDict, PyUnion, is_mutable
from camshaft.language.scan import assigns_in, bindings, names_stored

MAX_CHOICES: Final = 3
"""How many choices may stand within each other, since each doubles what follows it."""


def written_out(body: Body, node: ast.Assign) -> list[ast.stmt] | None:
    """The statements that an assignment is short for, None where it stays as it is. Raises Problem."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name) as target],
            value=ast.Call(func=ast.Attribute(value=owner, attr="setdefault"), args=[key, _]) as call,
        ) if name in body.touched and _is_still(owner) and _is_still(key):
            return _defaulted(body, target, call, owner, key)
        case (
            ast.Assign(targets=[ast.Name() as target, ast.Attribute() | ast.Subscript() as place])
            | ast.Assign(targets=[ast.Attribute() | ast.Subscript() as place, ast.Name() as target])
        ):
            return _stored(body, node, target, place)
        case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.Attribute() as field) if (
            name in body.touched and name not in body.flow.variables
        ):
            return _tested(body, node, target, field)
        case ast.Assign(
            targets=[ast.Name(id=name) as target],
            value=ast.Call(
                func=ast.Name(id="next"),
                args=[ast.GeneratorExp(elt=ast.Name() as shown, generators=[loop]), ast.Constant(value=None)],
                keywords=[],
            ) as call,
        ) if name in body.touched and "next" not in body.names and is_builtin(body.unit.names, "next"):
            return _searched(body, node, target, call, shown, loop)
        case _:
            return None


def _is_still(node: ast.expr) -> bool:
    """Whether an expression gives the same when it is evaluated again at once."""
    return not any(isinstance(one, ast.Call | ast.NamedExpr) for one in ast.walk(node))


def _stored(body: Body, node: ast.Assign, target: ast.Name, place: ast.expr) -> list[ast.stmt] | None:
    """`name = x`, then `self.rows[k] = name`, where an object that can change is stored under both"""
    read = {one.id for one in ast.walk(place) if isinstance(one, ast.Name)}
    if target.id in read or not is_mutable(_looked_at(body, node.value).type):
        return None
    again = ast.copy_location(ast.Name(target.id, ast.Load()), target)
    first: ast.stmt = ast.copy_location(ast.Assign([target], node.value), node)
    return [first, ast.copy_location(ast.Assign([place], again), node)]


def _looked_at(body: Body, node: ast.expr) -> Lowered:
    """A value, of which nothing but what it is like is used."""
    return body.within(body.flow.copy(), lambda: lower(body, node))


def _defaulted(body: Body, target: ast.Name, call: ast.Call, owner: ast.expr, key: ast.expr) -> list[ast.stmt] | None:
    """`d.setdefault(k, x)` on a line of its own, then `name = d[k]`"""
    type_ = _looked_at(body, owner).type
    if not isinstance(type_, PyDict) or not is_mutable(type_.value):
        return None
    found = ast.copy_location(ast.Subscript(owner, key, ast.Load()), call)
    first: ast.stmt = ast.copy_location(ast.Expr(call), call)
    return [first, ast.copy_location(ast.Assign([target], found), call)]


def _tested(body: Body, node: ast.Assign, target: ast.Name, field: ast.Attribute) -> list[ast.stmt] | None:
    """`name = None` where a field is None, and else `name = self.field`, which is then known to be an object"""
    if place_text(field) == "" or any(isinstance(one, ast.Subscript) for one in ast.walk(field)):
        return None
    found = _looked_at(body, field)
    if not is_reference_or_none(found.type) or found.maybe is not None or found.path is None:
        return None
    place = ast.unparse(field)
    stored, bound = names_stored(body.statements, place), bindings(body.statements, target.id)
    if any(text != place for _, text in bound) and not any(target.id in names for _, names in stored):
        return None  # it may show something else, which is in no field
    others = [line for line, names in stored if target.id not in names and (body.loops or line > node.lineno)]
    left = any(all(again <= line for again, text in bound if text == place) for line in others)
    if left and not assigns_in(body.statements, target.id):
        return None  # it may show what is in the field no more
    body.declare(target.id, found.type, target)
    none = ast.copy_location(ast.Constant(None), field)
    test = ast.copy_location(ast.Compare(field, [ast.Is()], [none]), field)
    missing: ast.stmt = ast.copy_location(ast.Assign([target], none), node)
    return [ast.copy_location(ast.If(test, [missing], [ast.copy_location(ast.Assign([target], field), node)]), node)]


def _searched(
    body: Body, node: ast.Assign, target: ast.Name, call: ast.Call, shown: ast.Name, loop: ast.comprehension
) -> list[ast.stmt] | None:
    """`name = None`, then a loop that assigns it what it finds, and breaks"""
    type_ = _looked_at(body, call).type
    if not isinstance(type_, PyUnion) or PY_NONE not in type_.members or not is_mutable(type_):
        return None
    body.declare(target.id, type_, target)
    bound = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
    taken = {name for name in bound if name in body.names or name in body.flow.variables}
    renaming = _Renaming({name: f"{name} of {target.id}" for name in taken})
    pattern, found = renaming.visit(copy.deepcopy(loop.target)), renaming.visit(copy.deepcopy(shown))
    inner: list[ast.stmt] = [ast.copy_location(ast.Assign([target], found), call)]
    inner.append(ast.copy_location(ast.Break(), call))
    for condition in reversed(loop.ifs):
        tested = renaming.visit(copy.deepcopy(condition))
        inner = [ast.copy_location(ast.If(tested, inner, []), condition)]
    none = ast.copy_location(ast.Assign([target], ast.copy_location(ast.Constant(None), call)), node)
    return [none, ast.copy_location(ast.For(pattern, loop.iter, inner, []), call)]


def returned(body: Body, node: ast.Return) -> list[ast.stmt] | None:
    """`return next((x for x in xs if c), None)`, of which callers get the place: a loop that returns what it finds"""
    match node.value:
        case ast.Call(
            func=ast.Name(id="next"),
            args=[ast.GeneratorExp(elt=ast.Name() as shown, generators=[loop]), ast.Constant(value=None) as none],
            keywords=[],
        ) if "next" not in body.names and is_builtin(body.unit.names, "next"):
            bound = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
            renaming = _Renaming({name: f"{name} of next" for name in bound})
            pattern, found = renaming.visit(copy.deepcopy(loop.target)), renaming.visit(copy.deepcopy(shown))
            inner: list[ast.stmt] = [ast.copy_location(ast.Return(found), node)]
            for condition in reversed(loop.ifs):
                tested = renaming.visit(copy.deepcopy(condition))
                inner = [ast.copy_location(ast.If(tested, inner, []), condition)]
            first: ast.stmt = ast.copy_location(ast.For(pattern, loop.iter, inner, []), node)
            return [first, ast.copy_location(ast.Return(none), node)]
        case _:
            return None


class _Renaming(ast.NodeTransformer):
    """The names of a generator are its own: here they get others, where the method has them too."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._names.get(node.id, node.id)
        return node


def chosen(body: Body, node: ast.stmt, rest: Rest) -> tuple[ast.expr, list[ast.stmt], list[ast.stmt]] | None:
    """A choice of two places for a name that may be changed: the condition, and both sides with all that follows.

    None where it is none, or nothing follows.
    """
    if not rest.statements or body.choices >= MAX_CHOICES:
        return None
    match _with_choice(body, node):
        case ast.Assign(targets=[ast.Name(id=name) as target], value=ast.IfExp(test=test, body=one, orelse=other)) if (
            name in body.touched
        ):
            place = next((each for each in (one, other) if _is_place(body, each)), None)
            if place is None or not is_mutable(_looked_at(body, place).type):
                return None
            first: ast.stmt = ast.copy_location(ast.Assign([target], one), one)
            second: ast.stmt = ast.copy_location(ast.Assign([target], other), other)
            following = rest.take()
            return test, [first, *following], [second, *following]
        case ast.Assign(
            targets=[ast.Tuple(elts=names) as target],
            value=ast.IfExp(
                test=test, body=ast.Tuple(elts=ones) as one, orelse=ast.Tuple(elts=others) as other
            ) as value,
        ) if {name.id for name in names if isinstance(name, ast.Name)} & body.touched:
            if len(ones) != len(names) or len(others) != len(names) or not is_mutable(_looked_at(body, value).type):
                return None
            if not any(_is_place(body, each) for each in (*ones, *others)):
                return None
            first = ast.copy_location(ast.Assign([target], one), one)
            second = ast.copy_location(ast.Assign([target], other), other)
            following = rest.take()
            return test, [first, *following], [second, *following]
        case ast.If(test=test, body=then, orelse=otherwise) if _places(then) & _places(otherwise) & body.touched:
            following = rest.take()
            return test, [*then, *following], [*otherwise, *following]
        case _:
            return None


def _with_choice(body: Body, node: ast.stmt) -> ast.stmt:
    """`name = d.get(k) or x` and `name = d.get(k, x)`, where `d[k]` may be changed through the name, as a choice"""
    test: ast.expr
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.BoolOp(
                op=ast.Or(), values=[ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[key]) as asked, other]
            ),
        ) if name in body.touched and _is_still(owner) and _is_still(key):
            test = asked
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[key, other]),
        ) if name in body.touched and _is_still(owner) and _is_still(key):
            test = ast.copy_location(ast.Compare(key, [ast.In()], [owner]), node.value)
        case _:
            return node
    type_ = _looked_at(body, owner).type
    if not isinstance(type_, PyDict) or not is_mutable(type_.value) or isinstance(type_.value, PyUnion):
        return node
    if isinstance(test, ast.Compare):
        given = body.within(body.flow.copy(), lambda: lower(body, other, type_.value))
        if not given.calm or given.writes or given.borrows:
            return node  # Python evaluates it in any case
    found = ast.copy_location(ast.Subscript(owner, key, ast.Load()), node.value)
    return ast.copy_location(ast.Assign(node.targets, ast.copy_location(ast.IfExp(test, found, other), node)), node)


def _is_place(body: Body, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return isinstance(body.flow.homes.get(node.id), Alias)
    return _is_written_place(node)


def _is_written_place(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute | ast.Subscript) and place_text(node) != ""


def _places(statements: list[ast.stmt]) -> set[str]:
    """The names that statements give a field or an element."""
    return {
        one.targets[0].id
        for one in statements
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name) and _is_written_place(one.value)
    }
