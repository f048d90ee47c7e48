"""The builtin functions that are about any value: `len`, `isinstance`."""

from __future__ import annotations

import ast
from dataclasses import replace
from enum import EnumMeta
from typing import Final

from camshaft.category.terms import Primitive, sequence
from camshaft.language.body import Body
from camshaft.language.conditions import lower_test
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import operation
from camshaft.language.iteration import view
from camshaft.language.library.handlers import FunctionHandler, only_argument
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import (
    PY_INT,
    PyBytes,
    PyDict,
    PyFrozenSet,
    PyList,
    PySequence,
    PySet,
    PyStr,
    PyTuple,
    PyType,
    is_optional,
    shown,
)
from camshaft.language.statics import static

_SIZED: Final = (PyList, PyDict, PySequence, PySet, PyFrozenSet, PyBytes, PyStr)


def _len(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    viewed = view(body, node.args[0]) if len(node.args) == 1 and not node.keywords else None
    if viewed is not None and viewed.watched is not None and isinstance(viewed.watched.type, PyDict):
        return operation(body, PY_INT, Primitive("length"), [(viewed.watched, node.args[0])])
    if viewed is not None and isinstance(static(body, node.args[0]), EnumMeta):
        return operation(body, PY_INT, Primitive("length"), [(viewed.value, node.args[0])])
    value, where = only_argument(body, node, "len")
    if isinstance(value.type, PyTuple):
        # The elements are evaluated all the same: they may fail, change the state, or draw.
        known = constant(PY_INT, len(value.type.elements)).term
        return replace(value.as_value(), type=PY_INT, term=sequence(value.term, known), borrows=())
    if not isinstance(value.type, _SIZED):
        help_ = "test for None first" if is_optional(value.type) else "what holds others, texts and bytes have a length"
        raise body.problem(Code.OPERATOR, f"`{shown(value.type)}` has no length", where, help_)
    return operation(body, PY_INT, Primitive("length"), [(value, where)])


def _isinstance(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    if len(node.args) != 2 or node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        raise body.problem(
            Code.ARGUMENTS, "`isinstance` takes a value and a class", node, "write `isinstance(x, Class)`"
        )
    return lower_test(body, node).value


FUNCTIONS: Final[dict[object, FunctionHandler]] = {len: _len, isinstance: _isinstance}
