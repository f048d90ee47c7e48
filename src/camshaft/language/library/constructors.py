"""The builtin classes as functions, which make a value of another: `str(n)`, `bool(x)`, `list(xs)`, `dict(pairs)`."""

from __future__ import annotations

import ast
from typing import Final

from camshaft.category.terms import (
    Identity,
    MapEach,
    Primitive,
    Project,
    compose,
    fork,
)
from camshaft.language.body import Body, lower
from camshaft.language.conditions import truth
from camshaft.language.diagnostics import Code
from camshaft.language.displays import check_hashable, text_of, wanted
from camshaft.language.fitting import fits, fitted, record_in_order
from camshaft.language.iteration import elements_of, iterated, view
from camshaft.language.key_forms import each, freezing
from camshaft.language.library.dicts import copied
from camshaft.language.library.handlers import FunctionHandler, Parameter, check_eager, matched, only_argument
from camshaft.language.library.sequences import check_sources
from camshaft.language.lowered import Lowered, capped, constant
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_NONE,
    PY_STR,
    PyDict,
    PyList,
    PySequence,
    PyTuple,
    PyType,
    as_key,
    is_mutable,
    shown,
)


def _is_empty(node: ast.Call) -> bool:
    return not node.args and not node.keywords


def _str(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    if _is_empty(node):
        return constant(PY_STR, "", body.level)
    value, where = only_argument(body, node, "str")
    return text_of(body, value, where)


def _bool(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    if _is_empty(node):
        return constant(PY_BOOL, False, body.level)
    value, _ = only_argument(body, node, "bool")
    return truth(value)


def _list(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`list(xs)`: a new list of the same elements. Where those can change, they still belong to others."""
    if _is_empty(node):
        return lower(body, ast.copy_location(ast.List([], ast.Load()), node), expected)
    source = iterated(body, _one(body, node, "list"))
    return source.listed(PyList(source.element))


def _tuple(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`tuple(xs)`"""
    if _is_empty(node):
        return lower(body, ast.copy_location(ast.Tuple([], ast.Load()), node), expected)
    source = iterated(body, _one(body, node, "tuple"))
    return source.listed(PySequence(source.element))


def _one(body: Body, node: ast.Call, name: str) -> ast.expr:
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, f"`{name}` takes one argument", node, f"write `{name}(xs)`")
    return node.args[0]


def _dict(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`dict(d)`, `dict(zip(keys, values))`, `dict(a=1)`: a new dict of the same entries."""
    if not node.args and all(keyword.arg is not None for keyword in node.keywords):
        keys: list[ast.expr | None] = [
            ast.copy_location(ast.Constant(keyword.arg), keyword.value) for keyword in node.keywords
        ]
        display = ast.Dict(keys, [keyword.value for keyword in node.keywords])
        return lower(body, ast.copy_location(display, node), expected)
    if len(node.args) != 1 or node.keywords:
        raise body.problem(
            Code.ARGUMENTS, "`dict` takes one argument, or keywords only", node, "write `dict(d)`, or `d | {…}`"
        )
    where = node.args[0]
    source = view(body, where)
    if source is None:
        value = lower(body, where, wanted(expected, PyDict))
        if isinstance(value.type, PyDict):
            return copied(value, value.type)
        source = elements_of(body, where, value)
    pair = source.element
    if not isinstance(pair, PyTuple) or len(pair.elements) != 2:
        raise body.problem(
            Code.ARGUMENTS,
            f"`dict` takes a dict or pairs, and each element here is `{shown(pair)}`",
            where,
            "write a comprehension: `{k: v for k, v in …}`",
        )
    key, of_value = pair.elements
    check_hashable(body, key, where)
    pairs = each(fork(compose(Project("0"), freezing(key)), Project("1"))) if as_key(key) != key else Identity()
    return source.listed(PyDict(key, of_value), compose(pairs, Primitive("map_of")))


def _from_keys(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`dict.fromkeys(keys, value)`: the same value under each key."""
    name = "dict.fromkeys"
    parameters = [Parameter("iterable", positional=True), Parameter("value", positional=True, optional=True)]
    given = matched(body, node, name, parameters)
    source = iterated(body, given["iterable"])
    check_hashable(body, source.element, source.node)
    want = wanted(expected, PyDict)
    value, where = constant(PY_NONE, (), body.level), given.get("value", node)
    if "value" in given:
        value = lower(body, where, want and want.value)
        check_sources(body, [(source, source.node), (value, where)])
        check_eager(body, source.node, [(value, where)])
    if is_mutable(value.type):
        raise body.problem(
            Code.ALIAS,
            f"all keys would have one `{shown(value.type)}`, and not one of their own",
            where,
            f"make a new one for each: `{{key: … for key in {ast.unparse(source.node)}}}`",
        )
    common = want is not None and fits(value.type, want.value)
    stored = fitted(body, value, want.value, where) if common and want is not None else capped(value)
    # An entry of each key, within what holds the value: (value, keys) -> [(key, value), …].
    both = record_in_order((("1", source.value.at(body.level)), ("0", stored.at(body.level))), ("0", "1"))
    entry = fork(compose(Project("1"), freezing(source.element)), Project("0"))
    return Lowered(
        PyDict(source.element, stored.type),
        compose(both, MapEach(entry), Primitive("map_of")),
        body.level,
        calm=source.value.calm and stored.calm,
        writes=source.value.writes | stored.writes,
    )


FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    str: _str,
    bool: _bool,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    dict.fromkeys: _from_keys,
}
