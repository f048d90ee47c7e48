"""Arguments: matched with parameters or fields by position and name, and evaluated in the order in which they stand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from camshaft.category.terms import Constant, Term
from camshaft.language.access import did_you_mean
from camshaft.language.body import Body, lower
from camshaft.language.diagnostics import Code
from camshaft.language.fitting import check_order, fitted, record_in_order
from camshaft.language.lowered import SELF, Borrow, Lowered
from camshaft.language.pytypes import NO_DEFAULT, PyType, core, shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parameter or field to be given."""

    name: str
    type: PyType
    default: Any
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """Arguments in the order in which they are evaluated, and the term of the record of all parameters."""

    record: Term
    values: list[tuple[Lowered, ast.AST]]
    names: list[str]
    """The parameters that the values are for."""

    @property
    def named(self) -> list[tuple[str, Lowered, ast.AST]]:
        """The values with the parameters that they are for."""
        return [(name, *value) for name, value in zip(self.names, self.values, strict=True)]

    @property
    def writes(self) -> frozenset[str]:
        """The fields that evaluating the arguments may change."""
        return frozenset[str]().union(*(value.writes for value, _ in self.values))

    @property
    def calm(self) -> bool:
        """Whether no argument can fail."""
        return all(value.calm for value, _ in self.values)

    @property
    def borrows(self) -> tuple[Borrow, ...]:
        """What a new object of these arguments holds without a copy."""
        return tuple(borrow.stored() for value, _ in self.values for borrow in value.borrows)


def arguments(
    body: Body,
    node: ast.Call,
    parameters: Sequence[Wanted],
    what: str,
    receiver: tuple[Lowered, ast.AST] | None = None,
    otherwise: Callable[[Wanted], Term] | None = None,
    instead: Sequence[tuple[str, Term]] | None = None,
) -> Given:
    """Match a call's arguments with parameters and lower them. Raises Problem.

    A `receiver`, the object that a method is called on, is evaluated first, and is the first of the record, or has
    there what is given `instead`. What is not given is what `otherwise` makes of it, at the end, or its default.
    """
    matched = _matched(body, node, parameters, what)
    evaluated: list[tuple[str, Term]] = []
    values: list[tuple[Lowered, ast.AST]] = []
    order: list[str] = []
    if receiver is not None:
        values.append(receiver)
        order.append(SELF)
        evaluated += [(SELF, receiver[0].at(body.level))] if instead is None else instead
    names = [*(label for label, _ in evaluated), *(parameter.name for parameter in parameters)]
    for parameter, one in matched:
        name = f"`{parameter.name}` of {what}"
        value = fitted(body, lower(body, one, parameter.type), parameter.type, one, name)
        values.append((value, one))
        order.append(parameter.name)
        evaluated.append((parameter.name, value.at(body.level)))
    check_order(body, values)
    given = {label for label, _ in evaluated}
    for parameter in parameters:
        if parameter.name not in given:
            if otherwise is not None:
                evaluated.append((parameter.name, otherwise(parameter)))
                continue
            if parameter.default is NO_DEFAULT:
                raise body.problem(
                    Code.ARGUMENTS,
                    f"{what} needs `{parameter.name}: {shown(parameter.type)}`",
                    node,
                    f"write `{parameter.name}=…`",
                )
            evaluated.append((parameter.name, Constant(core(parameter.type), parameter.default)))
    return Given(record_in_order(evaluated, names), values, order)


def _matched(body: Body, node: ast.Call, parameters: Sequence[Wanted], what: str) -> list[tuple[Wanted, ast.expr]]:
    positional = [parameter for parameter in parameters if not parameter.keyword_only]
    if len(node.args) > len(positional):
        help_ = f"it takes {', '.join(f'`{one.name}`' for one in positional) or 'nothing'}"
        if not positional and parameters:
            help_ = "give each by its name: " + ", ".join(f"`{one.name}=…`" for one in parameters)
        raise body.problem(
            Code.ARGUMENTS,
            f"{what} takes {len(positional)} arguments by position, and {len(node.args)} are given",
            node.args[len(positional)],
            help_,
        )
    matched: list[tuple[Wanted, ast.expr]] = []
    for parameter, one in zip(positional, node.args, strict=False):
        if isinstance(one, ast.Starred):
            raise body.problem(Code.UNSUPPORTED, "`*` does not unpack into arguments here", one, "write them out")
        matched.append((parameter, one))
    for keyword in node.keywords:
        if keyword.arg is None:
            raise body.problem(
                Code.UNSUPPORTED, "`**` does not unpack into arguments here", keyword.value, "write them out"
            )
        found = next((parameter for parameter in parameters if parameter.name == keyword.arg), None)
        if found is None:
            known = [parameter.name for parameter in parameters]
            raise body.problem(
                Code.ARGUMENTS,
                f"{what} has no `{keyword.arg}`",
                keyword,
                did_you_mean(keyword.arg, known) or f"it has {', '.join(known) or 'no parameters'}",
            )
        if any(found is before for before, _ in matched):
            raise body.problem(Code.ARGUMENTS, f"`{found.name}` is given twice", keyword, "give it once")
        matched.append((found, keyword.value))
    return matched
