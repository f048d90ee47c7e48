"""Calls: of the machine's own methods, and of classes that make values. `library` has the builtins and methods."""

from __future__ import annotations

import ast
import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from camshaft.category.terms import (
    Call,
    Constant,
    Term,
    compose,
)
from camshaft.language import aliases
from camshaft.language.access import did_you_mean
from camshaft.language.body import Body, expression, lower
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.fitting import check_order, fitted, record_in_order
from camshaft.language.library import function_handler, method_call
from camshaft.language.lowered import SELF, Borrow, Lowered, overlap, shown_path
from camshaft.language.machine import Refusal
from camshaft.language.names import Site, lookup
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PyClass,
    PyMachine,
    PyType,
    core,
    is_mutable,
    shown,
)
from camshaft.language.unit import Behaviour, Signature
from camshaft.language.unsupported import BUILTINS

# ---- arguments -------------------------------------------------------------------------------------------------------


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
        return tuple(borrow.held() for value, _ in self.values for borrow in value.borrows)


def arguments(body: Body, node: ast.Call, parameters: Sequence[Wanted], what: str) -> Given:
    """Match a call's arguments with parameters and lower them. Raises Problem."""
    matched = _matched(body, node, parameters, what)
    evaluated: list[tuple[str, Term]] = []
    values: list[tuple[Lowered, ast.AST]] = []
    for parameter, one in matched:
        name = f"`{parameter.name}` of {what}"
        value = fitted(body, lower(body, one, parameter.type), parameter.type, one, name)
        values.append((value, one))
        evaluated.append((parameter.name, value.at(body.level)))
    check_order(body, values)
    given = {label for label, _ in evaluated}
    for parameter in parameters:
        if parameter.name not in given:
            if parameter.default is NO_DEFAULT:
                raise body.problem(
                    Code.ARGUMENTS,
                    f"{what} needs `{parameter.name}: {shown(parameter.type)}`",
                    node,
                    f"write `{parameter.name}=…`",
                )
            evaluated.append((parameter.name, Constant(core(parameter.type), parameter.default)))
    return Given(record_in_order(evaluated, [parameter.name for parameter in parameters]), values)


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


# ---- what is called --------------------------------------------------------------------------------------------------


@expression(ast.Call)
def call(body: Body, node: ast.Call, expected: PyType | None) -> Lowered:
    """`f(x)`, `self.f(x)`, `xs.f(x)`, `Class(x)`"""
    function = node.func
    if isinstance(function, ast.Attribute):
        if isinstance(function.value, ast.Name) and function.value.id == SELF and body.unit.machine is not None:
            return _own_method(body, node, function)
        if module_member(body, function) is None:
            return method_call(body, node, function, expected)
    obj = called_object(body, function)
    handler = function_handler(obj)
    if handler is not None:
        return handler(body, node, expected)
    if isinstance(obj, type) and obj.__module__ != "builtins":
        return construct(body, node, obj)
    raise _not_callable(body, function)


def module_member(body: Body, node: ast.Attribute) -> Any:
    """What `module.name` stands for, or None where it is no such thing."""
    if not isinstance(node.value, ast.Name) or node.value.id in body.names or node.value.id in body.flow.variables:
        return None
    module = body.unit.names.get(node.value.id)
    return getattr(module, node.attr, None) if isinstance(module, types.ModuleType) else None


def called_object(body: Body, node: ast.expr) -> Any:
    """What the name of a called function or class stands for. Raises Problem."""
    if isinstance(node, ast.Attribute):
        return module_member(body, node)
    if not isinstance(node, ast.Name):
        raise body.problem(Code.UNSUPPORTED, "only a name or a method can be called", node, "call it by its name")
    if node.id in body.names or node.id in body.flow.variables:
        raise body.problem(
            Code.UNSUPPORTED, f"`{node.id}` is a variable: values cannot be called", node, "call a method"
        )
    try:
        return lookup(body.unit.names, node.id)
    except KeyError:
        help_ = did_you_mean(node.id, [*body.unit.names, *body.unit.signatures])
        if node.id in body.unit.signatures:
            help_ = f"the method is `self.{node.id}(…)`"
        raise body.problem(
            Code.UNKNOWN_NAME, f"`{node.id}` is not defined", node, help_ or "define it, or import it"
        ) from None


def _not_callable(body: Body, node: ast.expr) -> Problem:
    name = ast.unparse(node)
    reason = BUILTINS.get(name)
    if reason is not None:
        return body.problem(Code.UNSUPPORTED, reason.message, node, reason.help)
    return body.problem(
        Code.UNSUPPORTED,
        f"`{name}` cannot be called here: the language has its own methods, dataclasses and a few builtins",
        node,
        "write a helper method of this machine: `def _name(self, …)`",
    )


# ---- own methods -----------------------------------------------------------------------------------------------------


def _own_method(body: Body, node: ast.Call, function: ast.Attribute) -> Lowered:
    name = function.attr
    signature = body.unit.signatures.get(name)
    if signature is None:
        if any(isinstance(one, ast.FunctionDef) and one.name == name for one in _methods_in_source(body)):
            raise Problem(None)  # its signature has a problem of its own
        raise body.problem(
            Code.NO_ATTRIBUTE,
            f"this machine has no method `{name}`",
            function,
            did_you_mean(name, body.unit.signatures) or f"write it: `def {name}(self, …) -> …:`",
        )
    behaviour = body.unit.behaviours.get(name, Behaviour())
    given = arguments(body, node, _parameters(signature), f"`{name}`")
    _check_arguments_survive(body, given, behaviour, name, node)
    assert body.unit.machine is not None
    for field in body.unit.machine.fields:
        if field.name in behaviour.writes:
            aliases.wrote(body, (SELF, field.name), node, in_place=is_mutable(field.type))
    borrows: tuple[Borrow, ...] = ()
    if is_mutable(signature.result) and behaviour.returns_borrowed:
        borrows = (Borrow((SELF,), signature.result, node, exact=False, shared=True), *given.borrows)
    return Lowered(
        signature.result,
        compose(given.record, Call(name)),
        body.level,
        borrows=borrows,
        writes=given.writes | behaviour.writes,
    )


def _methods_in_source(body: Body) -> list[ast.stmt]:
    machine = body.unit.machine
    assert machine is not None
    return body.unit.annotations.define(machine.cls)[1].body


def _parameters(signature: Signature) -> list[Wanted]:
    return [Wanted(one.name, one.type, one.default, one.keyword_only) for one in signature.parameters]


def _check_arguments_survive(body: Body, given: Given, behaviour: Behaviour, name: str, node: ast.AST) -> None:
    """Refuse to pass a part of the state to a method that changes it. Raises Problem."""
    for value, where in given.values:
        for borrow in value.borrows:
            if any(overlap(borrow.path, (SELF, field)) for field in behaviour.writes):
                raise body.problem(
                    Code.ALIAS,
                    f"`{shown_path(borrow.path)}` is passed to `{name}`, which changes it",
                    where,
                    f"let `{name}` read `{shown_path(borrow.path)}` itself",
                    here="the parameter would be another name for it",
                    also=() if where is node else (body.label(node, "changed by this call"),),
                )


# ---- classes ---------------------------------------------------------------------------------------------------------


def construct(body: Body, node: ast.Call, cls: type) -> Lowered:
    """A new dataclass object; in a migration also a new machine. Raises Problem."""
    made = _constructed(body, node, cls)
    given = arguments(body, node, fields_of(made), f"`{cls.__name__}`")
    return Lowered(made, given.record, body.level, calm=given.calm, borrows=given.borrows, writes=given.writes)


def fields_of(type_: PyClass | PyMachine) -> list[Wanted]:
    """The fields of a class as what its constructor takes."""
    machine = isinstance(type_, PyMachine)
    return [Wanted(one.name, one.type, one.default, one.keyword_only or machine) for one in type_.fields]


def _constructed(body: Body, node: ast.Call, cls: type) -> PyClass | PyMachine:
    if body.unit.is_machine(cls):
        wanted_here = body.unit.constructible
        if wanted_here is not None and wanted_here.cls is cls:
            return wanted_here
        raise body.problem(
            Code.UNSUPPORTED,
            f"`{cls.__name__}` is a machine: only a migration to it makes one",
            node,
            "hold the data in a frozen dataclass",
        )
    if issubclass(cls, Refusal):
        raise body.problem(
            Code.REFUSAL,
            f"`{cls.__name__}` is a refusal: it can only be raised",
            node,
            f"write `raise {cls.__name__}(…)`",
        )
    site = Site(body.unit.source, node.func, body.unit.names)
    found = body.unit.annotations.of_object(cls, site)
    assert isinstance(found, PyClass)
    return found
