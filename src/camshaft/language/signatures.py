"""Signatures: the parameters and results of methods, functions and migrations, with their types and defaults."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from camshaft.language.defaults import check_constant, check_unshared, default_value
from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem
from camshaft.language.lowered import SELF
from camshaft.language.machine import Machine
from camshaft.language.names import Site, named
from camshaft.language.pytypes import NO_DEFAULT, PyType
from camshaft.language.unit import ParameterSignature, Signature, Unit


def problem(unit: Unit, code: Code, message: str, node: ast.AST, help_: str, inside: str = "") -> Problem:
    """A problem of a definition."""
    return Problem(Diagnostic(code, message, Label(unit.source.span(node)), inside, help=help_))


def signature(
    unit: Unit, node: ast.FunctionDef, function: FunctionType, *, bound: bool, migration: bool = False
) -> Signature:
    """The signature of a function, a `migration`, or a method, which is `bound` to `self`. Raises Problem."""
    given = node.args
    if given.vararg is not None or given.kwarg is not None:
        extra = given.vararg or given.kwarg
        assert extra is not None
        stars = "*" if extra is given.vararg else "**"
        raise problem(
            unit,
            Code.UNSUPPORTED,
            f"`{stars}{extra.arg}` is not supported: each parameter has a name and a type",
            extra,
            "take a list or a dict as one parameter",
        )
    positional = [*given.posonlyargs, *given.args]
    if bound:
        if not positional or positional[0].arg != SELF:
            raise problem(
                unit, Code.MACHINE, f"the first parameter of `{node.name}` must be `self`", node, "write `self` first"
            )
        positional = positional[1:]
    evaluated = function.__annotations__
    defaults = _defaults(node, function)
    parameters = []
    for one in [*positional, *given.kwonlyargs]:
        if one.annotation is None:
            raise problem(
                unit, Code.ANNOTATION, f"the parameter `{one.arg}` has no type", one, f"write `{one.arg}: int`"
            )
        site = Site(unit.source, one.annotation, unit.names)
        type_ = _parameter_type(unit, site, evaluated.get(one.arg, NO_DEFAULT), migration=migration)
        default = _default_value(one, type_, defaults, site)
        parameters.append(ParameterSignature(one.arg, type_, default, one in given.kwonlyargs))
    return Signature(node.name, tuple(parameters), _result(unit, node, evaluated, migration=migration), node)


def _parameter_type(unit: Unit, site: Site, evaluated: object, *, migration: bool) -> PyType:
    if migration:
        cls = named(site, evaluated)
        if isinstance(cls, type) and issubclass(cls, Machine):
            return unit.annotations.machine(cls)
    return unit.annotations.resolve(site, evaluated)


def _result(unit: Unit, node: ast.FunctionDef, evaluated: Mapping[str, Any], *, migration: bool) -> PyType:
    if node.returns is None:
        raise problem(
            unit,
            Code.ANNOTATION,
            f"`{node.name}` does not say what it returns",
            node,
            "name the new version after `->`"
            if migration
            else f"write `def {node.name}(…) -> None:`, or the type of its result",
        )
    site = Site(unit.source, node.returns, unit.names)
    return _parameter_type(unit, site, evaluated.get("return", NO_DEFAULT), migration=migration)


def _defaults(node: ast.FunctionDef, function: FunctionType) -> dict[str, tuple[ast.expr, object]]:
    """The defaults by parameter: as written, and as Python has evaluated them."""
    positional = [*node.args.posonlyargs, *node.args.args]
    found: dict[str, tuple[ast.expr, object]] = {}
    written, values = node.args.defaults, function.__defaults__ or ()
    for one, default, value in zip(positional[len(positional) - len(written) :], written, values, strict=True):
        found[one.arg] = (default, value)
    for one, keyword_default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if keyword_default is not None:
            found[one.arg] = (keyword_default, (function.__kwdefaults__ or {})[one.arg])
    return found


def _default_value(one: ast.arg, type_: PyType, defaults: dict[str, tuple[ast.expr, object]], site: Site) -> Any:
    if one.arg not in defaults:
        return NO_DEFAULT
    written, value = defaults[one.arg]
    where = Site(site.source, written, site.names)
    check_unshared(value, where)
    check_constant(where)
    return default_value(value, type_, where)
