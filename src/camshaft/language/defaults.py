"""Defaults of fields and parameters: the same at every import, of their type, and nobody's but their user's."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

from camshaft.errors import Rejected
from camshaft.language.diagnostics import Code
from camshaft.language.names import Site, named
from camshaft.language.objects import holds_container, to_value
from camshaft.language.pytypes import NO_DEFAULT, PyType


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
    for node in ast.walk(site.node):
        where = Site(site.source, node, site.names)
        if isinstance(node, ast.Call):
            made = named(Site(site.source, node.func, site.names), NO_DEFAULT)
            if made not in (list, dict, tuple) and not dataclasses.is_dataclass(made):
                raise where.problem(
                    Code.DEFAULT,
                    f"`{ast.unparse(node)}` is not a constant: a default must be the same at every import",
                    "write the value out, or let a method set it",
                )
        elif isinstance(node, ast.Lambda | ast.Await | ast.NamedExpr | ast.GeneratorExp):
            raise where.problem(Code.DEFAULT, "a default must be a constant", "write the value out")
