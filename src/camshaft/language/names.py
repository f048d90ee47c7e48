"""Where a name or an annotation stands, and what a name of a module means."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem
from camshaft.language.source import SourceFile


@dataclass(frozen=True, slots=True)
class Site:
    """Where an annotation stands: its file, its node, and the names that it may use."""

    source: SourceFile
    node: ast.AST
    names: Mapping[str, Any]

    def problem(self, code: Code, message: str, help_: str) -> Problem:
        """A problem with this annotation."""
        return Problem(Diagnostic(code, message, Label(self.source.span(self.node)), help=help_))


def object_of(names: Mapping[str, Any], node: ast.expr) -> Any:
    """What `name` or `module.name` stands for in a module, None where it stands for nothing."""
    match node:
        case ast.Name(id=name):
            return names.get(name, vars(builtins).get(name))
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            owner = names.get(module)
            return getattr(owner, name, None) if isinstance(owner, ModuleType) else None
        case _:
            return None


def lookup(names: Mapping[str, Any], name: str) -> Any:
    """What a name of a module stands for. Raises KeyError."""
    return names[name] if name in names else vars(builtins)[name]


def is_builtin(names: Mapping[str, Any], name: str) -> bool:
    """Whether a name means Python's builtin in a module, which may have given it another meaning."""
    return name not in names
