"""Defaults of fields and parameters: the same at every import, of their type, and nobody's but their user's."""

from __future__ import annotations

import ast
import dataclasses
from datetime import datetime, timedelta
from enum import Enum
from types import FunctionType
from typing import Any, Final, NewType

from camshaft.errors import Rejected
from camshaft.language.diagnostics import Code
from camshaft.language.names import Site, object_of, static_object
from camshaft.language.objects import holds_container, to_value
from camshaft.language.pytypes import NO_DEFAULT, PyType

_CONTAINERS: Final = (list, dict, tuple, set, frozenset)
_PURE: Final = (*_CONTAINERS, range, dataclasses.field, int, float, str, bytes, bytes.fromhex, datetime, timedelta)
"""What a default may call: the same arguments give the same value at every import."""


def default_nodes(node: ast.ClassDef) -> dict[str, ast.expr]:
    """What stands after the `=` of the fields of a class."""
    return {
        statement.target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value
    }


def default_object(given: object, where: Site) -> object:
    """The default itself, of what stands after the `=` in a class; `NO_DEFAULT` where it gives none. Raises Problem."""
    if not isinstance(given, dataclasses.Field):
        return given
    factory = given.default_factory
    if factory is dataclasses.MISSING:
        return NO_DEFAULT if given.default is dataclasses.MISSING else given.default
    written = isinstance(factory, FunctionType) and factory.__name__ == "<lambda>"
    named = factory in _CONTAINERS or (isinstance(factory, type) and dataclasses.is_dataclass(factory))
    if not written and not named:
        raise where.problem(
            Code.DEFAULT,
            "a default factory can only be `list`, `dict`, `set`, `tuple`, `frozenset`, a dataclass or a `lambda` here",
            "give the default as a value",
        )
    if written:
        _check_factory(where)
    try:
        return factory()
    except (TypeError, ValueError, NameError, AttributeError, LookupError, ArithmeticError) as error:
        raise where.problem(
            Code.DEFAULT, f"the default cannot be made: {error}", "give each of its fields a default"
        ) from error


def _check_factory(where: Site) -> None:
    """Refuse a `lambda` that could give something else next time, or the same object again. Raises Problem."""
    function = _factory(where.node)
    if function is None:
        raise where.problem(
            Code.DEFAULT,
            "a `lambda` that makes a default stands where the default is",
            "write it there: `field(default_factory=lambda: …)`",
        )
    check_constant(Site(where.source, function.body, where.names))
    for node in ast.walk(function.body):
        named = static_object(where.names, node) if isinstance(node, ast.expr) else None
        if not isinstance(named, type) and holds_container(named):
            raise Site(where.source, node, where.names).problem(
                Code.DEFAULT,
                f"Python shares `{ast.unparse(node)}` between all that use this default, and it can change",
                "write the value out",
            )


def _factory(node: ast.AST) -> ast.Lambda | None:
    """The `lambda` of `field(default_factory=lambda: …)`"""
    match node:
        case ast.Call(args=[], keywords=keywords):
            found = (one.value for one in keywords if one.arg == "default_factory")
            return next((one for one in found if isinstance(one, ast.Lambda)), None)
        case _:
            return None


def default_value(obj: object, type_: PyType, where: Site) -> Any:
    """The value of a default. Raises Problem where it is not of the type."""
    try:
        return to_value(type_, obj, "the default")
    except Rejected as error:
        raise where.problem(Code.DEFAULT, str(error), "give a default of the annotated type") from error


def check_unshared(obj: object, where: Site) -> None:
    """Refuse a default that Python would share between all that use it, where it can change. Raises Problem."""
    if holds_container(obj):
        raise where.problem(
            Code.DEFAULT,
            "this default can change, and Python shares the one object between all that use it",
            "make it optional: `… | None = None`; in a dataclass: `field(default_factory=list)`",
        )


def check_constant(site: Site) -> None:
    """Refuse a default whose value could differ from one import to the next. Raises Problem."""
    factory = _factory(site.node)
    for node in ast.walk(site.node):
        where = Site(site.source, node, site.names)
        if isinstance(node, ast.Call):
            if not _is_pure(object_of(site.names, node.func)):
                raise where.problem(
                    Code.DEFAULT,
                    f"`{ast.unparse(node)}` is not a constant: a default must be the same at every import",
                    "write the value out, or let a method set it",
                )
        elif node is not factory and isinstance(node, ast.Lambda | ast.Await | ast.NamedExpr | ast.GeneratorExp):
            raise where.problem(Code.DEFAULT, "a default must be a constant", "write the value out")


def _is_pure(called: object) -> bool:
    if isinstance(called, NewType) or dataclasses.is_dataclass(called):
        return True
    return called in _PURE or (isinstance(called, type) and issubclass(called, Enum))
