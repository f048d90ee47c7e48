"""Where a name or an annotation stands, and what a name of a module means."""

from __future__ import annotations

import ast
import builtins
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem
from camshaft.language.pytypes import NO_DEFAULT
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
        case ast.Attribute(value=before, attr=name):
            owner = object_of(names, before)
            return getattr(owner, name, None) if isinstance(owner, ModuleType) else None
        case _:
            return None


def static_object(names: Mapping[str, Any], node: ast.expr) -> Any:
    """What a chain of names stands for that leads through modules and classes only, None where it does not.

    `math.inf`, `Color.RED`, `timezone.utc`: what a module or a class holds when the program is compiled.
    """
    match node:
        case ast.Name(id=name):
            return names.get(name, vars(builtins).get(name))
        case ast.Attribute(value=value, attr=name):
            owner = static_object(names, value)
            return getattr(owner, name, None) if isinstance(owner, ModuleType | type) else None
        case _:
            return None


def root_name(node: ast.expr) -> str | None:
    """The name that a chain of attributes begins with, None where it begins with something else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def lookup(names: Mapping[str, Any], name: str) -> Any:
    """What a name of a module stands for. Raises KeyError."""
    return names[name] if name in names else vars(builtins)[name]


def is_class_variable(names: Mapping[str, Any], annotation: ast.expr) -> bool:
    """Whether an annotation is `ClassVar` or `ClassVar[…]`: what it declares is no field."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except SyntaxError:
            return False
    base = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return object_of(names, base) is typing.ClassVar


def is_builtin(names: Mapping[str, Any], name: str) -> bool:
    """Whether a name means Python's builtin in a module, which may have given it another meaning."""
    return name not in names


def named(site: Site, evaluated: object) -> object:
    """The object that an annotation or a function's name stands for, None where it is no name. Raises Problem."""
    if evaluated is not NO_DEFAULT and not isinstance(evaluated, str):
        return evaluated
    node = site.node
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return None
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    return named_object(Site(site.source, node, site.names))


def named_object(site: Site) -> object:
    """The object that `name` or `module.name` stands for. Raises Problem."""
    node = site.node
    if isinstance(node, ast.Name):
        try:
            return lookup(site.names, node.id)
        except KeyError:
            raise site.problem(
                Code.UNKNOWN_NAME, f"`{node.id}` is not defined in this file", "import it, or define it above"
            ) from None
    if isinstance(node, ast.Attribute):
        owner = named_object(Site(site.source, node.value, site.names))
        if not isinstance(owner, ModuleType) or not hasattr(owner, node.attr):
            raise site.problem(Code.UNKNOWN_NAME, f"`{ast.unparse(node)}` does not exist", "check the name")
        return getattr(owner, node.attr)
    raise site.problem(
        Code.ANNOTATION, f"`{ast.unparse(node)}` is not a type", "write a type such as `int` or `list[str]`"
    )
