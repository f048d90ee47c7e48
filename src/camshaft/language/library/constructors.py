"""The builtin classes as functions, which make a value of another: `str(n)`, `bool(x)`, `list(xs)`, `dict(d)`."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.language.body import Body, lower
from camshaft.language.conditions import truth
from camshaft.language.diagnostics import Code
from camshaft.language.displays import text_of, wanted
from camshaft.language.iteration import iterated
from camshaft.language.library.handlers import FunctionHandler, only_argument
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyDict, PyList, PySequence, PyType, is_mutable, shown


def _str(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = only_argument(body, node, "str")
    return text_of(body, value, where)


def _bool(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, _ = only_argument(body, node, "bool")
    return truth(value)


def _list(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`list(xs)`: a new list of the same elements. Where those can change, they still belong to others."""
    if not node.args and not node.keywords:
        return lower(body, ast.copy_location(ast.List([], ast.Load()), node), expected)
    if len(node.args) != 1 or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`list` takes one argument", node, "write `list(xs)`")
    source = iterated(body, node.args[0])
    borrows = source.value.borrows if source.pair_borrows is not None else source.borrows
    return replace(
        source.value.as_value(),
        type=PyList(source.element),
        borrows=tuple(borrow.held() for borrow in borrows),
        stable=False,
    )


def _tuple(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    value = _list(body, node, expected)
    assert isinstance(value.type, PyList)
    return replace(value, type=PySequence(value.type.element))


def _dict(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`dict(d)`: a new dict of the same entries."""
    if not node.args and not node.keywords:
        return lower(body, ast.copy_location(ast.Dict([], []), node), expected)
    value, where = only_argument(body, node, "dict", wanted(expected, PyDict))
    if not isinstance(value.type, PyDict):
        raise body.problem(
            Code.ARGUMENTS,
            f"`dict` copies a dict here, and this is `{shown(value.type)}`",
            where,
            "write a comprehension: `{k: v for k, v in …}`",
        )
    mutable = is_mutable(value.type.value)
    borrows = tuple(borrow.step(None, value.type.value).held() for borrow in value.borrows) if mutable else ()
    return replace(value.as_value(), borrows=borrows, stable=False)


FUNCTIONS: Final[dict[object, FunctionHandler]] = {str: _str, bool: _bool, list: _list, tuple: _tuple, dict: _dict}
