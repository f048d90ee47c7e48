"""What the tables of the library hold: how a call of a function or of a method is lowered, and how arguments are told
apart. Nothing here knows a single function.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeAlias

from camshaft.category.terms import Term
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.lowered import Lowered
from camshaft.language.pytypes import PyType

FunctionHandler: TypeAlias = Callable[[Body, ast.Call, PyType | None], Lowered]
"""A call of a function, and the type that its place wants."""

MethodHandler: TypeAlias = Callable[[Body, ast.Call, Lowered, PyType | None], Lowered]
"""A call of a method that gives a value: the call, what the method belongs to, and the type that its place wants."""

ChangeHandler: TypeAlias = Callable[[Body, ast.Call, ast.Attribute], Term]
"""A call, on a line of its own, of a method that changes what it belongs to: environment -> ()."""

MethodName: TypeAlias = tuple[type, str]
"""A method by the kind of types that has it, a class of `pytypes`, and its name."""


def only_argument(body: Body, node: ast.Call, name: str, expected: PyType | None = None) -> tuple[Lowered, ast.expr]:
    """The one argument of a call, and its node. Raises Problem."""
    if len(node.args) != 1 or node.keywords or isinstance(node.args[0], ast.Starred):
        raise body.problem(Code.ARGUMENTS, f"`{name}` takes one argument here", node, f"write `{name}(x)`")
    return lower(body, node.args[0], expected), node.args[0]
