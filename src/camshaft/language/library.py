"""The library: the builtins and the methods of lists, dicts and texts that the language has, each in a table.

What a table does not have is refused with what to write instead.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from camshaft.category.terms import Case, Distribute, Fork, Inject, Primitive, Project, compose
from camshaft.language.access import did_you_mean
from camshaft.language.body import Body, lower
from camshaft.language.conditions import lower_test, truth
from camshaft.language.diagnostics import Code
from camshaft.language.displays import text_of, wanted
from camshaft.language.fitting import check_order, fits, fitted, joined, operation, widening
from camshaft.language.iteration import iterated
from camshaft.language.lowered import Lowered, constant
from camshaft.language.pytypes import (
    PY_INT,
    PY_STR,
    PyClass,
    PyDict,
    PyInt,
    PyList,
    PySequence,
    PyStr,
    PyTuple,
    PyType,
    core,
    is_mutable,
    is_optional,
    optional,
    shown,
)
from camshaft.values.types import Variant

# ---- builtins --------------------------------------------------------------------------------------------------------

BuiltinHandler = Callable[[Body, ast.Call, PyType | None], Lowered]


def _only(body: Body, node: ast.Call, name: str, expected: PyType | None = None) -> tuple[Lowered, ast.expr]:
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, f"`{name}` takes one argument here", node, f"write `{name}(x)`")
    return lower(body, node.args[0], expected), node.args[0]


def _len(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = _only(body, node, "len")
    if isinstance(value.type, PyTuple):
        return replace(value.as_value(), type=PY_INT, term=constant(PY_INT, len(value.type.elements)).term, borrows=())
    if not isinstance(value.type, PyList | PyDict | PySequence) and value.type != PY_STR:
        help_ = "test for None first" if is_optional(value.type) else "lists, dicts, tuples and texts have a length"
        raise body.problem(Code.OPERATOR, f"`{shown(value.type)}` has no length", where, help_)
    return operation(body, PY_INT, Primitive("length"), [(value, where)])


def _str(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = _only(body, node, "str")
    return text_of(body, value, where)


def _bool(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, _ = _only(body, node, "bool")
    return truth(value)


def _abs(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    value, where = _only(body, node, "abs", PY_INT)
    if value.type != PY_INT:
        fitted(body, value, PY_INT, where, "the argument of `abs`")
    return operation(body, PY_INT, Primitive("absolute"), [(value, where)], wide=True)


def _isinstance(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    if len(node.args) != 2 or node.keywords or any(isinstance(one, ast.Starred) for one in node.args):
        raise body.problem(
            Code.ARGUMENTS, "`isinstance` takes a value and a class", node, "write `isinstance(x, Class)`"
        )
    return lower_test(body, node).value


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
    value, where = _only(body, node, "dict", wanted(expected, PyDict))
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


BUILTIN_FUNCTIONS: Final[dict[object, BuiltinHandler]] = {
    len: _len,
    str: _str,
    bool: _bool,
    abs: _abs,
    isinstance: _isinstance,
    list: _list,
    tuple: _tuple,
    dict: _dict,
}


# ---- methods of lists, dicts, texts ----------------------------------------------------------------------------------

MethodHandler = Callable[[Body, ast.Call, Lowered, PyType | None], Lowered]


def method_call(body: Body, node: ast.Call, function: ast.Attribute) -> Lowered:
    """`xs.f(x)`"""
    base = lower(body, function.value)
    handler = _METHODS.get((type(base.type), function.attr))
    if handler is not None:
        return handler(body, node, base, None)
    kind = shown(base.type)
    if (type(base.type), function.attr) in STATEMENT_METHODS:
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{function.attr}` changes a list and gives nothing: it is a statement of its own",
            node,
            "put it on a line of its own",
        )
    help_ = _METHOD_HINTS.get((type(base.type), function.attr), "")
    known = [name for type_, name in (*_METHODS, *STATEMENT_METHODS) if type_ is type(base.type)]
    if is_optional(base.type):
        help_ = f"test it first: `if {ast.unparse(function.value)} is not None:`"
    raise body.problem(
        Code.NO_ATTRIBUTE,
        f"`{kind}` has no method `{function.attr}` here",
        function,
        help_
        or _NO_METHODS.get(type(base.type), "")
        or did_you_mean(function.attr, known)
        or (f"it has {', '.join(sorted(known))}" if known else "write it out"),
    )


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


_METHODS: Final[dict[tuple[type, str], MethodHandler]] = {
    (PyDict, "get"): _get,
    (PyDict, "keys"): _view("keys"),
    (PyDict, "values"): _view("values"),
    (PyDict, "items"): _view("items"),
}

_NO_METHODS: Final[dict[type, str]] = {
    PyStr: "texts have no methods yet: join them with `+`, index them, compare them, search with `in`",
    PyInt: "integers have no methods here: use the operators",
    PyTuple: "tuples have no methods here: index them, or search with `in`",
    PySequence: "tuples have no methods here: index them, or search with `in`",
    PyClass: "methods of dataclasses are not supported yet: write a helper method of the machine",
}

STATEMENT_METHODS: Final = {(PyList, "append")}
"""The methods that change their object and give nothing: `statements` lowers them."""

_METHOD_HINTS: Final = {
    (PyDict, "pop"): "read the entry, then take it away: `x = d[k]` and `del d[k]`",
    (PyDict, "setdefault"): "write `if k not in d: d[k] = …`",
    (PyDict, "update"): "assign the entries in a loop: `for k, v in other.items(): d[k] = v`",
    (PyDict, "clear"): "assign an empty dict: `d = {}`",
    (PyDict, "copy"): "write `dict(d)`",
    (PyList, "pop"): "read the element, then take it away: `x = xs[-1]` and `del xs[-1]`",
    (PyList, "extend"): "write `xs += ys`",
    (PyList, "insert"): "build a new list with `+`",
    (PyList, "remove"): "take it away by its index: `del xs[i]`",
    (PyList, "clear"): "assign an empty list: `xs = []`",
    (PyList, "sort"): "keep the list in order when adding to it",
    (PyList, "copy"): "write `list(xs)`",
    (PyList, "index"): "search in a loop over `range(len(xs))`",
    (PyList, "count"): "count in a loop",
}
