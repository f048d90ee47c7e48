"""Displays that unpack others: `[*xs, y]`, `(x, *ys)`, `{*xs, y}`, `{**d, "k": v}`.

Each is what `+` and `|` make of its parts, which is also the order in which Python evaluates them: what is unpacked is
copied where it stands, before what comes after it is evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import reduce
from itertools import groupby
from typing import TypeVar

from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyDict, PyType, shown

E = TypeVar("E", bound=ast.expr)


def unpacks(nodes: Sequence[ast.expr | None]) -> bool:
    """Whether an element, or a key of a dict's display, stands for all that something else holds."""
    return any(node is None or isinstance(node, ast.Starred) for node in nodes)


def unpacked_list(body: Body, node: ast.List | ast.Tuple | ast.Set, expected: PyType | None) -> Lowered:
    """The list of a display's elements, some of which are unpacked. Raises Problem."""
    parts: list[ast.expr] = []
    for starred, run in groupby(node.elts, lambda one: isinstance(one, ast.Starred)):
        elements = list(run)
        if starred:
            parts += [_copy(body, one) for one in elements if isinstance(one, ast.Starred)]
        else:
            parts.append(_at(elements[0], ast.List(elements, ast.Load())))
    return lower(body, _joined(parts, ast.Add(), node), expected)


def _copy(body: Body, node: ast.Starred) -> ast.expr:
    """`[x for x in xs]` of `*xs`"""
    name = body.fresh("unpacked")
    rounds = ast.comprehension(_at(node, ast.Name(name, ast.Store())), node.value, [], 0)
    return _at(node, ast.ListComp(_at(node, ast.Name(name, ast.Load())), [rounds]))


def unpacked_dict(body: Body, node: ast.Dict, expected: PyType | None) -> Lowered:
    """The dict of a display that unpacks others. Raises Problem."""
    parts: list[ast.expr] = []
    for starred, run in groupby(zip(node.keys, node.values, strict=True), lambda one: one[0] is None):
        entries = list(run)
        values = [value for _, value in entries]
        if starred:
            parts += values
        else:
            parts.append(_at(values[0], ast.Dict([key for key, _ in entries], values)))
    if len(parts) == 1:
        parts.append(_at(node, ast.Dict([], [])))
    made = lower(body, _joined(parts, ast.BitOr(), node), expected)
    if not isinstance(made.type, PyDict):
        raise body.problem(
            Code.MISMATCH, f"`**` unpacks dicts here, not `{shown(made.type)}`", node, "`*` unpacks others, into a list"
        )
    return made


def _joined(parts: Sequence[ast.expr], operator: ast.operator, node: ast.expr) -> ast.expr:
    return reduce(lambda left, right: _at(node, ast.BinOp(left, operator, right)), parts)


def _at(node: ast.expr, made: E) -> E:
    return ast.copy_location(made, node)
