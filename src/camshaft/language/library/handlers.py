"""What the tables of the library hold: how a call of a function or of a method is lowered, and how arguments are told
apart. Nothing here knows a single function.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from camshaft.category.terms import Compose, Constant, Get, Identity, Project, Term
from camshaft.language.access import did_you_mean
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.literals import plain
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
    return plain(lower(body, node.args[0], expected)), node.args[0]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function or method of the library.

    `optional`: it may be left out. `keyword`: Python takes it by its name only; `positional`: by its position only.
    """

    name: str
    optional: bool = False
    keyword: bool = False
    positional: bool = False


def matched(body: Body, node: ast.Call, what: str, parameters: Sequence[Parameter]) -> dict[str, ast.expr]:
    """The argument of each parameter that is given one, in the order in which Python evaluates them. Raises Problem."""
    places = [parameter for parameter in parameters if not parameter.keyword]
    given: dict[str, ast.expr] = {}
    for position, one in enumerate(node.args):
        if isinstance(one, ast.Starred):
            raise body.problem(Code.UNSUPPORTED, "`*` does not unpack into arguments here", one, "write them out")
        if position >= len(places):
            raise body.problem(
                Code.ARGUMENTS,
                f"`{what}` takes {_counted(len(places))} here, and {len(node.args)} are given",
                one,
                f"write `{_pattern(what, parameters)}`",
            )
        given[places[position].name] = one
    for keyword in node.keywords:
        known = [parameter.name for parameter in parameters if not parameter.positional]
        if keyword.arg not in known:
            raise body.problem(
                Code.ARGUMENTS,
                f"`{what}` has no `{keyword.arg}` here" if keyword.arg else "`**` does not unpack into arguments here",
                keyword.value,
                did_you_mean(keyword.arg or "", known) or f"write `{_pattern(what, parameters)}`",
            )
        if keyword.arg in given:
            raise body.problem(Code.ARGUMENTS, f"`{keyword.arg}` is given twice", keyword.value, "give it once")
        given[keyword.arg] = keyword.value
    missing = [parameter for parameter in parameters if not parameter.optional and parameter.name not in given]
    if missing:
        raise body.problem(
            Code.ARGUMENTS, f"`{what}` needs `{missing[0].name}`", node, f"write `{_pattern(what, parameters)}`"
        )
    return given


def _counted(count: int) -> str:
    return {0: "no argument", 1: "one argument"}.get(count, f"{count} arguments")


def _pattern(what: str, parameters: Sequence[Parameter]) -> str:
    """A call as it can be written, with all that may be given."""
    written = [f"{one.name}=…" if one.keyword else one.name for one in parameters]
    return f"{what}({', '.join(written)})"


def pinned(body: Body, value: Lowered, build: Callable[[Lowered], Lowered]) -> Lowered:
    """Evaluate a value once, here, for an expression that uses it several times.

    Other than `Body.bound`, it does so for what could be evaluated again: repeating that, within itself, would double
    the code at each level.
    """
    return body.bound(value if is_at_hand(value) else replace(value, stable=False), build)


def is_at_hand(value: Lowered) -> bool:
    """Whether a value is a variable's or a constant's: as good as bound already."""
    return (value.stable and isinstance(value.term, Constant | Get | Project | Identity)) or _is_variable(value)


def _is_variable(value: Lowered) -> bool:
    term = value.term
    return value.stable and isinstance(term, Compose) and all(isinstance(part, Project) for part in term.parts)


def check_eager(body: Body, source: ast.expr, later: Sequence[tuple[Lowered, ast.AST]]) -> None:
    """Refuse what could fail, or change something, after a generator is made and before it is run. Raises Problem."""
    for value, node in later:
        if isinstance(source, ast.GeneratorExp) and (not value.calm or value.writes):
            raise body.problem(
                Code.ORDER,
                "Python evaluates this before the elements of the generator, of which one may fail first here",
                node,
                "compute it on a line of its own, before",
            )
