"""Empty containers whose type their first use shows: `names = []`, and later `names.append(name)`.

So does what a name is given that is None at first: `found = None`, and later `found = lot`.

The method is lowered until a statement tells what such a variable holds, and is then lowered again, knowing it. What
reads the variable before is refused, as it is where nothing ever tells.
"""

from __future__ import annotations

import ast
import copy
from contextlib import suppress
from typing import Final

from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.keys import why_not_hashable
from camshaft.language.literals import plain
from camshaft.language.names import is_builtin
from camshaft.language.pytypes import PyDict, PyFrozenSet, PyList, PyNone, PySequence, PySet, PyType
from camshaft.language.scan import is_given_more, names_read
from camshaft.language.unions import optional

_SHOWN: Final[dict[type[PyType], tuple[str, str]]] = {
    PyList: ("list", "list[int] = []"),
    PyDict: ("dict", "dict[str, int] = {}"),
    PySet: ("set", "set[int] = set()"),
    PyNone: ("name", "str | None = None"),
}


class TypeSeen(Exception):
    """A statement shows the type of a variable that was given an empty container."""

    def __init__(self, name: str, type_: PyType) -> None:
        super().__init__(name)
        self.name = name
        self.type = type_


def leave_undecided(body: Body, node: ast.Assign) -> bool:
    """Whether an assignment gives a new variable an empty container, and nobody knows yet what that will hold."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
            kind = _kind_of_empty(body, value)
        case _:
            return False
    if kind is None or name in body.slots or name in body.inferred or name in body.flow.variables:
        return False
    if kind is PyNone and not is_given_more(body.statements, name):
        return False
    shown, wanted = _SHOWN[kind]
    held = f"what this empty {shown} will hold" if kind is not PyNone else f"what `{name}` will be that is not None"
    problem = body.problem(
        Code.UNTYPED_EMPTY,
        f"it cannot be seen {held}",
        value,
        f"annotate the variable that it is assigned to: `{target.id}: {wanted}`",
    )
    body.undecided[name] = (kind, problem)
    return True


def _kind_of_empty(body: Body, node: ast.expr) -> type[PyType] | None:
    match node:
        case ast.List(elts=[]):
            return PyList
        case ast.Dict(keys=[]):
            return PyDict
        case ast.Constant(value=None):
            return PyNone
        case ast.Call(func=ast.Name(id="list" | "dict" | "set" as name), args=[], keywords=[]) if (
            name not in body.names and is_builtin(body.unit.names, name)
        ):
            return {"list": PyList, "dict": PyDict, "set": PySet}[name]
        case _:
            return None


def look_at(body: Body, node: ast.stmt) -> None:
    """Raise TypeSeen where a statement shows what a variable without a type holds. Raises Problem."""
    match node:
        case ast.Expr(
            ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[*_, last], keywords=[]) as call
        ) if name in body.undecided:
            _look_at_call(body, name, method, call.args, last)
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=key)], value=value) if _is_dict(
            body, name
        ) and not isinstance(key, ast.Slice):
            _see_dict(name, _type_of(body, key), _type_of(body, _Defaults(name).visit(copy.deepcopy(value))))
        case ast.Expr(ast.Call(func=ast.Attribute(value=ast.Call() as call), args=[one], keywords=[])):
            _look_at_default(body, call, one)
        case ast.If(test=test, body=then, orelse=otherwise) if names_read(test) & body.undecided.keys():
            # The test reads what only a statement within tells the type of: `if x not in seen: seen.add(x)`.
            for inner in (*then, *otherwise):
                with suppress(Problem):
                    look_at(body, inner)
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add() | ast.BitOr(), value=value) if name in body.undecided:
            _see_all_of(body, name, value)
        case ast.Return(value=ast.Name(id=name)) if name in body.undecided:
            if isinstance(body.result, body.undecided[name][0]):
                raise TypeSeen(name, body.result)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
            name in body.undecided and _kind_of_empty(body, value) is None
        ):
            type_ = _type_of(body, value)
            raise TypeSeen(name, optional(type_) if body.undecided[name][0] is PyNone else type_)
        case _:
            pass


def _look_at_default(body: Body, call: ast.Call, one: ast.expr) -> None:
    """`groups.setdefault(k, []).append(x)`, `groups.setdefault(k, set()).add(x)`"""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="setdefault"), args=[key, empty]) if _is_dict(
            body, name
        ):
            kind = _kind_of_empty(body, empty)
            if kind is PyList:
                _see_dict(name, _type_of(body, key), PyList(_type_of(body, one)))
            if kind is PySet:
                _see_dict(name, _type_of(body, key), PySet(_type_of(body, one)))
        case _:
            pass


class _Defaults(ast.NodeTransformer):
    """`counts.get(k, 0)` as its default, which is of the type of the dict's values."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=[_, default]) if (
                name == self._name
            ):
                return default
            case _:
                return self.generic_visit(node)


def _is_dict(body: Body, name: str) -> bool:
    return name in body.undecided and body.undecided[name][0] is PyDict


def _look_at_call(body: Body, name: str, method: str, given: list[ast.expr], last: ast.expr) -> None:
    kind = body.undecided[name][0]
    match method:
        case "append" | "insert" if kind is PyList:
            raise TypeSeen(name, PyList(_type_of(body, last)))
        case "add" if kind is PySet:
            element = _type_of(body, last)
            if not why_not_hashable(element):
                raise TypeSeen(name, PySet(element))
        case "setdefault" if kind is PyDict and len(given) == 2:
            _see_dict(name, _type_of(body, given[0]), _type_of(body, last))
        case "extend" | "update":
            _see_all_of(body, name, last)
        case _:
            pass


def _see_dict(name: str, key: PyType, value: PyType) -> None:
    if not why_not_hashable(key):
        raise TypeSeen(name, PyDict(key, value))


def _see_all_of(body: Body, name: str, node: ast.expr) -> None:
    """The variable takes all that another container holds."""
    kind, type_ = body.undecided[name][0], _type_of(body, node)
    match type_:
        case PyDict() if kind is PyDict:
            raise TypeSeen(name, type_)
        case PyList(element) | PySequence(element) if kind is PyList:
            raise TypeSeen(name, PyList(element))
        case PyList(element) | PySequence(element) | PySet(element) | PyFrozenSet(element) if kind is PySet:
            if not why_not_hashable(element):
                raise TypeSeen(name, PySet(element))
        case _:
            pass


def _type_of(body: Body, node: ast.expr) -> PyType:
    return body.within(body.flow.copy(), lambda: plain(lower(body, node)).type)
