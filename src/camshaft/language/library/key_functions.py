"""What is given as `key=`: a `lambda`, the name of a function, `attrgetter` and its like. Each is written out as the
expression that it stands for, since functions are not values here.
"""

from __future__ import annotations

import ast
import operator
from functools import reduce

from camshaft.language.access import access
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.iteration import Iterated, bind, capture, function_of
from camshaft.language.lowered import Lowered
from camshaft.language.names import object_of
from camshaft.language.pytypes import PyDict


def key_of(body: Body, key: ast.expr, element: Lowered, source: Iterated) -> Lowered:
    """What a key gives for an element of what is iterated. Raises Problem."""
    match key:
        case ast.Lambda(
            args=ast.arguments(posonlyargs=[], args=[parameter], vararg=None, kwonlyargs=[], kwarg=None, defaults=[])
        ):
            name, call = parameter.arg, key.body
        case _:
            name = body.fresh("key")
            found = _called(body, key, ast.Name(name, ast.Load()), source.node)
            if found is None:
                raise _no_key(body, key)
            call = ast.fix_missing_locations(ast.copy_location(found, key))
    captured = capture(body, ast.copy_location(ast.Name(name, ast.Load()), key), element, source.shares.borrows)
    bind(body, captured)
    return lower(body, call)


def _called(body: Body, key: ast.expr, one: ast.Name, source: ast.AST) -> ast.expr | None:
    """What a key that is no `lambda` gives of one element, as an expression; None where it is nothing of the kind."""
    match key:
        case ast.Name(id=function) if function not in body.flow.variables:
            return ast.Call(key, [one], [])
        case ast.Attribute(value=ast.Name(id=owner), attr=method) if function_of(body, owner) is str:
            return ast.Call(ast.Attribute(one, method, ast.Load()), [], [])
        case ast.Attribute(value=ast.Name(id="self")):
            return ast.Call(key, [one], [])
        case ast.Attribute(value=owner, attr="get") if _gives_keys_of(body, source, owner):
            return ast.Subscript(owner, one, ast.Load())  # each is a key of the dict, so that there is no default
        case ast.Attribute(value=owner, attr="__getitem__"):
            return ast.Subscript(owner, one, ast.Load())
        case ast.Call(func=function, args=[_, *_], keywords=[]):
            parts = _parts(object_of(body.unit.names, function), key.args, one)
            return parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load()) if parts else None
        case _:
            return None


def _gives_keys_of(body: Body, source: ast.AST, owner: ast.expr) -> bool:
    """Whether what is iterated is a dict that the key looks into: `max(counts, key=counts.get)`."""
    same = isinstance(source, ast.Name | ast.Attribute) and ast.dump(source) == ast.dump(owner)
    return same and isinstance(access(body, owner).type, PyDict)


def _parts(made_by: object, arguments: list[ast.expr], one: ast.expr) -> list[ast.expr]:
    """What `attrgetter` and `itemgetter` take of one element; none where an argument is not written out."""
    match arguments:
        case [*texts] if made_by is operator.attrgetter and all(_is_way(text) for text in texts):
            ways = [str(text.value).split(".") for text in texts if isinstance(text, ast.Constant)]
            return [reduce(lambda base, name: ast.Attribute(base, name, ast.Load()), way, one) for way in ways]
        case [*keys] if made_by is operator.itemgetter and all(isinstance(one, ast.Constant) for one in keys):
            return [ast.Subscript(one, each, ast.Load()) for each in keys]
        case _:
            return []


def _is_way(node: ast.expr) -> bool:
    """Whether a text names an attribute, or one of an attribute, as `owner.name` does."""
    return isinstance(node, ast.Constant) and type(node.value) is str and node.value.replace(".", "_").isidentifier()


def _no_key(body: Body, key: ast.expr) -> Problem:
    return body.problem(
        Code.UNSUPPORTED,
        "a key is a `lambda` of one parameter here, or the name of a function",
        key,
        f"write `key=lambda x: {ast.unparse(key)}(x)`" if isinstance(key, ast.Attribute) else "write `key=lambda x: …`",
    )
