"""The methods of dicts."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Case, Distribute, Fork, Inject, Primitive, Project, compose
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import check_order, fits, fitted, joined, widening
from camshaft.language.library.handlers import ChangeHandler, MethodHandler, MethodName
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyDict, PyType, core, is_mutable, optional
from camshaft.values.types import Variant


def _get(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
    """`d.get(k)` and `d.get(k, default)`, whose default is evaluated in any case."""
    del expected
    type_ = base.type
    assert isinstance(type_, PyDict)
    if not 1 <= len(node.args) <= 2 or node.keywords:
        raise body.problem(Code.ARGUMENTS, "`get` takes a key and perhaps a default", node, "write `d.get(k, 0)`")
    key = fitted(body, lower(body, node.args[0], type_.key), type_.key, node.args[0], "the key")
    assert isinstance(node.func, ast.Attribute)
    operands: list[tuple[Lowered, ast.AST]] = [(base, node.func.value), (key, node.args[0])]
    check_order(body, operands)
    parts = tuple(borrow.step(None, type_.value) for borrow in base.borrows) if is_mutable(type_.value) else ()
    found = Lowered(
        type_,  # never read: the variant of what was found is no type of the language
        compose(
            Fork((("0", base.at(body.level)), ("1", key.at(body.level)))),
            Primitive("map_find"),
        ),
        body.level,
        calm=base.calm and key.calm,
        writes=base.writes | key.writes,
    )
    if len(node.args) == 1:
        result = optional(type_.value)
        variant = core(result)
        assert isinstance(variant, Variant)
        cases = Case((("found", widening(type_.value, result)), ("missing", Inject(variant, "None"))))
        return replace(found, type=result, term=compose(found.term, cases), borrows=parts)
    default = lower(body, node.args[1], type_.value)
    check_order(body, [*operands, (default, node.args[1])])
    common = type_.value if fits(default.type, type_.value) else joined(body, [type_.value, default.type], node)
    fallback = fitted(body, default, common, node.args[1])
    # The default is evaluated in any case, after the lookup, which cannot fail.
    both = Fork((("0", found.term), ("1", fallback.at(body.level))))
    cases = Case(
        (("found", compose(Project("0"), widening(type_.value, common))), ("missing", Project("1"))),
    )
    return replace(
        found,
        type=common,
        term=compose(both, Distribute("0"), cases),
        calm=found.calm and fallback.calm,
        borrows=tuple(borrow.held() for borrow in (*parts, *fallback.borrows)),
        writes=found.writes | fallback.writes,
    )


def _view(name: str) -> MethodHandler:
    def handler(body: Body, node: ast.Call, base: Lowered, expected: PyType | None) -> Lowered:
        del base, expected
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{name}()` shows the dict itself, which may change: it can only be iterated or copied",
            node,
            f"write `list({ast.unparse(node)})`",
        )

    return handler


METHODS: Final[dict[MethodName, MethodHandler]] = {
    (PyDict, "get"): _get,
    (PyDict, "keys"): _view("keys"),
    (PyDict, "values"): _view("values"),
    (PyDict, "items"): _view("items"),
}

CHANGES: Final[dict[MethodName, ChangeHandler]] = {}

HINTS: Final[dict[MethodName, str]] = {
    (PyDict, "pop"): "read the entry, then take it away: `x = d[k]` and `del d[k]`",
    (PyDict, "setdefault"): "write `if k not in d: d[k] = …`",
    (PyDict, "update"): "assign the entries in a loop: `for k, v in other.items(): d[k] = v`",
    (PyDict, "clear"): "assign an empty dict: `d = {}`",
    (PyDict, "copy"): "write `dict(d)`",
}
