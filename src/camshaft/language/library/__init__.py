"""The library: the functions and the methods that the language has, each kind in a file with tables of its own.

`FUNCTIONS` is by the function itself, builtin or a module's, so that it does not matter by which name a file imports
it. `METHODS` give a value; `CHANGES` change their object on a line of their own. What no table has is refused with
what to write instead.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable
from typing import Final

from camshaft.language import aliases
from camshaft.language.access import access, did_you_mean
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code
from camshaft.language.iteration import ITERABLES
from camshaft.language.library import (
    builtins,
    bytestrings,
    constructors,
    dicts,
    letters,
    lists,
    mathematics,
    numbers,
    occasion,
    ordering,
    records,
    searching,
    sets,
    text_searches,
    texts,
    times,
    totals,
)
from camshaft.language.library.handlers import ChangeHandler, FunctionHandler, MethodHandler, MethodName
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyInt, PySequence, PyTuple, PyType, is_optional, shown, tag
from camshaft.language.union_fields import tested_first

FUNCTIONS: Final[dict[object, FunctionHandler]] = {
    function: handler
    for kind in (
        builtins,
        bytestrings,
        constructors,
        mathematics,
        numbers,
        occasion,
        ordering,
        records,
        searching,
        sets,
        times,
        totals,
    )
    for function, handler in kind.FUNCTIONS.items()
}

METHODS: Final[dict[MethodName, MethodHandler]] = {
    name: handler
    for kind in (bytestrings, dicts, letters, lists, numbers, sets, text_searches, texts, times)
    for name, handler in kind.METHODS.items()
}

CHANGES: Final[dict[MethodName, ChangeHandler]] = {**dicts.CHANGES, **lists.CHANGES, **sets.CHANGES}

ITERATED_ONLY: Final = ITERABLES.keys()
"""The functions whose result can only be iterated."""

HINTS: Final[dict[MethodName, str]] = {**dicts.HINTS, **sets.HINTS, **texts.HINTS, **times.HINTS}
"""What to write instead of a method that is not there."""

_NO_METHODS: Final[dict[type, str]] = {
    PyInt: "integers have `bit_length` and `bit_count` here: use the operators",
    PyTuple: "tuples have no methods here: index them, or search with `in`",
    PySequence: "tuples have no methods here: index them, or search with `in`",
}


def function_handler(function: object) -> FunctionHandler | None:
    """How a call of this function is lowered, None where the library does not have it."""
    if not callable(function) or not isinstance(function, Hashable):
        return None
    return _iterated_only if function in ITERATED_ONLY else FUNCTIONS.get(function)


def _iterated_only(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    del expected
    name = ast.unparse(node.func)
    raise body.problem(
        Code.UNSUPPORTED,
        f"what `{name}` gives can only be iterated here: it is no value of its own",
        node,
        f"make a list: `list({ast.unparse(node)})`",
    )


def change_handler(body: Body, node: ast.expr) -> ChangeHandler | None:
    """How this expression, on a line of its own, is lowered where it changes what its method belongs to."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    function = node.func
    if aliases.is_own(body, function.value) or all(name != function.attr for _, name in CHANGES):
        return None
    type_ = body.within(body.flow.copy(), lambda: access(body, function.value)).type
    return CHANGES.get((type(type_), function.attr))


def method_call(body: Body, node: ast.Call, function: ast.Attribute, base: Lowered, expected: PyType | None) -> Lowered:
    """`xs.f(x)` as a value, where `base` is what is before the dot. Raises Problem."""
    name = (type(base.type), function.attr)
    handler = METHODS.get(name)
    if handler is not None:
        return handler(body, node, base, expected)
    kind = shown(base.type)
    if name in CHANGES:
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{function.attr}` changes the `{tag(base.type)}` and gives nothing: it is a statement of its own",
            node,
            "put it on a line of its own",
        )
    known = [method for type_, method in (*METHODS, *CHANGES) if type_ is type(base.type)]
    help_ = HINTS.get(name, "")
    if is_optional(base.type):
        help_ = tested_first(base, function.value)
    raise body.problem(
        Code.NO_ATTRIBUTE,
        f"`{kind}` has no method `{function.attr}` here",
        function,
        help_
        or _NO_METHODS.get(type(base.type), "")
        or did_you_mean(function.attr, known)
        or (f"it has {', '.join(sorted(known))}" if known else "write it out"),
    )
