"""`bytes`: making them, and their methods; `str.encode`. A text and bytes are each other's by UTF-8 only."""

from __future__ import annotations

import ast
from typing import Final

from camshaft.category.terms import Primitive
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import fitted, operation
from camshaft.language.iteration import iterated
from camshaft.language.library.handlers import FunctionHandler, MethodHandler, MethodName, only_argument
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import PY_BOOL, PY_BYTES, PY_INT, PY_STR, PyBytes, PyStr, PyType, shown

_UTF_8: Final = ("utf-8", "utf8", "UTF-8")


def _bytes(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`bytes(numbers)`"""
    del expected
    if not node.args and not node.keywords:
        return constant(PY_BYTES, b"", body.level)
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(
            Code.ARGUMENTS, "`bytes` takes numbers here", node, "write `bytes(numbers)`, or `text.encode()`"
        )
    where = node.args[0]
    source = iterated(body, where)
    if source.element != PY_INT:
        raise body.problem(
            Code.OPERATOR,
            f"bytes are made of integers from 0 to 255, and each element here is `{shown(source.element)}`",
            where,
            "write `text.encode()` for a text",
        )
    return operation(body, PY_BYTES, Primitive("list_to_bytes"), [(source.value, where)], total=False)


def _from_hex(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`bytes.fromhex(text)`"""
    del expected
    value, where = only_argument(body, node, "bytes.fromhex", PY_STR)
    text = fitted(body, value, PY_STR, where, "the argument of `bytes.fromhex`")
    return operation(body, PY_BYTES, Primitive("hex_to_bytes"), [(text, where)], total=False)


def _coded(type_: PyType, primitive: str, *, total: bool) -> MethodHandler:
    """`text.encode()`, `data.decode()`"""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        assert isinstance(node.func, ast.Attribute)
        given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "encoding")]
        is_utf_8 = all(isinstance(one, ast.Constant) and one.value in _UTF_8 for one in given)
        if len(given) > 1 or len(given) < len(node.args) + len(node.keywords) or not is_utf_8:
            raise body.problem(
                Code.ARGUMENTS, f"`{node.func.attr}` is by UTF-8 here", node, f"write `{node.func.attr}()`"
            )
        return operation(body, type_, Primitive(primitive), [(base, node.func.value)], total=total)

    return handler


def _asked(type_: PyType, primitive: str) -> MethodHandler:
    """`data.find(part)`, `data.startswith(part)`"""

    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del expected
        assert isinstance(node.func, ast.Attribute)
        name = node.func.attr
        if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
            raise body.problem(
                Code.ARGUMENTS, f"`{name}` takes one part to look for here", node, f"write `data.{name}(part)`"
            )
        where = node.args[0]
        part = fitted(body, lower(body, where, PY_BYTES), PY_BYTES, where, f"what `{name}` looks for")
        return operation(body, type_, Primitive(primitive), [(base, node.func.value), (part, where)])

    return handler


def _hex(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`data.hex()`"""
    del expected
    if node.args or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`hex` takes no separator here", node, "write `data.hex()`")
    assert isinstance(node.func, ast.Attribute)
    return operation(body, PY_STR, Primitive("bytes_to_hex"), [(base, node.func.value)])


FUNCTIONS: Final[dict[object, FunctionHandler]] = {bytes: _bytes, bytes.fromhex: _from_hex}

METHODS: Final[dict[MethodName, MethodHandler]] = {
    (PyStr, "encode"): _coded(PY_BYTES, "str_to_bytes", total=True),
    (PyBytes, "decode"): _coded(PY_STR, "bytes_to_str", total=False),
    (PyBytes, "hex"): _hex,
    (PyBytes, "find"): _asked(PY_INT, "bytes_find"),
    (PyBytes, "startswith"): _asked(PY_BOOL, "bytes_starts_with"),
    (PyBytes, "endswith"): _asked(PY_BOOL, "bytes_ends_with"),
}
