"""Constants of modules and classes: values that are the same at every import, compiled into the program.

A name counts as a constant where its file binds it once, by an assignment at the top, and nothing in that file binds it
again or changes what it holds. An imported one is followed to the file that assigns it.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from camshaft.errors import Rejected
from camshaft.language.body import Body
from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem
from camshaft.language.lowered import CONSTANT, Borrow, Lowered, constant
from camshaft.language.names import Site, is_class_variable, object_of, static_object
from camshaft.language.objects import to_value
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_NEVER,
    PyDict,
    PyFrozenSet,
    PyList,
    PySet,
    PyTuple,
    PyType,
    is_mutable,
)
from camshaft.language.source import SourceFile
from camshaft.language.substitutes import differs_each_time
from camshaft.language.unions import UnionProblem, union_of

_MAX_IMPORTS: Final = 50
"""Through how many files a name is followed that each import it from the next."""


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a name gets its value: the file, its module's names, and the assignment; no file of Python is None."""

    module: str
    source: SourceFile | None
    names: Mapping[str, Any]
    name: str
    statement: ast.Assign | ast.AnnAssign | None


def module_constant(body: Body, node: ast.Name | ast.Attribute, obj: Any) -> Lowered:
    """The constant that a name of this module, or `module.name`, stands for. Raises Problem where it is none."""
    home = _home(body, node)
    shown = ast.unparse(node)
    if home.source is not None:
        if home.statement is None:
            raise _no_constant(body, node, shown)
        change = home.source.module_names.change(home.name)
        if change is not None:
            raise body.problem(
                Code.UNSUPPORTED,
                f"`{shown}` is no constant: the module changes it",
                node,
                "what changes is a field of `self`; a constant is assigned once and never changed",
                also=(Label(home.source.span(change), "changed here"),),
            )
        _check_fresh(body, node, home, obj)
        _check_same_each_time(body, node, home)
    type_ = _type(body, home, obj, node)
    try:
        value = to_value(type_, obj, shown)
    except Rejected as error:
        raise body.problem(Code.LITERAL, str(error), node, "use a value that fits the constant's type") from error
    own = home.source is body.unit.source and isinstance(node, ast.Name)
    body.unit.constants[home.name if own else f"{home.module}.{home.name}"] = value
    return constant_of(body, type_, value, node, shown)


def constant_of(body: Body, type_: PyType, value: Any, node: ast.AST, shown: str) -> Lowered:
    """A constant as an expression: what of it can change belongs to the module, and is only read."""
    made = constant(type_, value, body.level)
    path = (f"{shown}{CONSTANT}",)
    borrows = (Borrow(path, type_, node),) if is_mutable(type_) else ()
    return replace(made, borrows=borrows, path=path)


# ---- where it is assigned --------------------------------------------------------------------------------------------


def _home(body: Body, node: ast.Name | ast.Attribute) -> _Home:
    if isinstance(node, ast.Name):
        home = _Home("", body.unit.source, body.unit.names, node.id, None)
    else:
        module = object_of(body.unit.names, node.value)
        assert isinstance(module, ModuleType)
        home = _in_module(body, module, node.attr)
    for _ in range(_MAX_IMPORTS):
        if home.source is None:
            return home
        imported = home.source.module_names.imported(home.name)
        if imported is None:
            break
        statement, name = imported
        found = _module_of(statement, home.names)
        if found is None:
            break
        home = _in_module(body, found, name)
    assert home.source is not None
    statement_of = home.source.module_names.assignment(home.name)
    return _Home(home.module, home.source, home.names, home.name, statement_of)


def _in_module(body: Body, module: ModuleType, name: str) -> _Home:
    path = getattr(module, "__file__", None)
    # What comes with Python is no part of the project: what it is at compile time is what the program gets.
    foreign = module.__name__.partition(".")[0] in sys.stdlib_module_names
    source = None
    if path is not None and path.endswith(".py") and not foreign:
        source = body.unit.annotations.sources.file(Path(path))
    return _Home(module.__name__, source, vars(module), name, None)


def _module_of(statement: ast.ImportFrom, names: Mapping[str, Any]) -> ModuleType | None:
    absolute = statement.module or ""
    if statement.level:
        absolute = importlib.util.resolve_name("." * statement.level + absolute, names.get("__package__") or "")
    return sys.modules.get(absolute)


def _no_constant(body: Body, node: ast.AST, shown: str) -> Problem:
    return body.problem(
        Code.UNSUPPORTED,
        f"`{shown}` is neither a variable of this method nor a constant of the module",
        node,
        "a constant is a value that the module assigns once, at its top; what changes is a field of `self`",
    )


def _check_fresh(body: Body, node: ast.AST, home: _Home, obj: object) -> None:
    """Refuse a constant whose value is not what its file says, where the file says it as a literal. Raises Problem."""
    assert home.statement is not None
    assert home.source is not None
    assert home.statement.value is not None
    try:
        written: Any = ast.literal_eval(home.statement.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return  # it is computed: then only running the file again could tell
    targets = home.statement.targets if isinstance(home.statement, ast.Assign) else [home.statement.target]
    if all(isinstance(target, ast.Name) for target in targets) and not (type(written) is type(obj) and written == obj):
        raise Problem(
            Diagnostic(
                Code.STALE,
                f"`{home.name}` is not what its file says: the file has changed since it was imported, or other code "
                "has given the name another value",
                Label(home.source.span(home.statement), "what the file says now"),
                body.inside,
                (body.label(node, "read here"),),
                "import the file again, in a new process; what changes is a field of `self`",
            )
        )


def _check_same_each_time(body: Body, node: ast.AST, home: _Home) -> None:
    """Refuse a constant that is another one at each import: so would be the program that it is in. Raises Problem."""
    assert home.source is not None
    assert home.statement is not None
    assert home.statement.value is not None
    for part in ast.walk(home.statement.value):
        if isinstance(part, ast.Call) and differs_each_time(static_object(home.names, part.func)):
            raise body.problem(
                Code.UNSUPPORTED,
                f"`{home.name}` is no constant: `{ast.unparse(part)}` gives something else at each import",
                node,
                "make it a field of the machine, which a method sets",
                also=(Label(home.source.span(part), "asked here, when the file is imported"),),
            )


# ---- its type --------------------------------------------------------------------------------------------------------


def _type(body: Body, home: _Home, obj: object, node: ast.AST) -> PyType:
    """The type of a constant: what its annotation says, or what it is."""
    if isinstance(home.statement, ast.AnnAssign) and home.source is not None:
        annotation = _without_final(home.names, home.statement.annotation)
        if annotation is not None:
            return body.unit.annotations.resolve(Site(home.source, annotation, home.names))
    return _type_of_object(body, obj, node)


def _without_final(names: Mapping[str, Any], annotation: ast.expr) -> ast.expr | None:
    """What `Final[…]` and `ClassVar[…]` say of a type; None where they say nothing."""
    if object_of(names, annotation) in (typing.Final, typing.ClassVar):
        return None
    if isinstance(annotation, ast.Subscript) and object_of(names, annotation.value) in (typing.Final, typing.ClassVar):
        return _without_final(names, annotation.slice)
    return annotation


def _type_of_object(body: Body, obj: Any, node: ast.AST) -> PyType:
    site = Site(body.unit.source, node, body.unit.names)
    if type(obj) is tuple:
        return PyTuple(tuple(_type_of_object(body, one, node) for one in obj))
    if type(obj) is list:
        return PyList(_joined(body, obj, node))
    if type(obj) is dict:
        return PyDict(_joined(body, obj.keys(), node), _joined(body, obj.values(), node))
    if type(obj) in (set, frozenset):
        element = _joined(body, obj, node)
        return PySet(element) if type(obj) is set else PyFrozenSet(element)
    if callable(obj) or isinstance(obj, ModuleType):
        raise _no_constant(body, node, ast.unparse(node))
    return body.unit.annotations.of_object(type(obj), site)


def _joined(body: Body, objects: Any, node: ast.AST) -> PyType:
    try:
        joined = union_of(dict.fromkeys(_type_of_object(body, one, node) for one in objects))
    except UnionProblem as problem:
        raise body.problem(Code.ANNOTATION, str(problem), node, "give the constant a type") from problem
    if joined == PY_NEVER:
        raise body.problem(
            Code.UNTYPED_EMPTY,
            f"`{ast.unparse(node)}` is empty, so that its type is not known",
            node,
            "give it a type where it is assigned: `NAMES: dict[str, int] = {}`",
        )
    return joined


# ---- constants of classes --------------------------------------------------------------------------------------------


def class_constant(body: Body, cls: type, name: str, node: ast.AST) -> Lowered | None:
    """The constant that a class declares as `LIMIT: ClassVar[int] = 5`; None where it declares none of this name."""
    source, definition = body.unit.annotations.define(cls)
    names = vars(sys.modules[cls.__module__])
    for statement in definition.body:
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.target.id == name
            and statement.value is not None
            and is_class_variable(names, statement.annotation)
        ):
            obj = cls.__dict__.get(name, NO_DEFAULT)
            home = _Home(cls.__module__, source, names, name, statement)
            _check_fresh(body, node, home, obj)
            _check_same_each_time(body, node, home)
            type_ = _type(body, home, obj, node)
            try:
                value = to_value(type_, obj, f"{cls.__name__}.{name}")
            except Rejected as error:
                raise body.problem(Code.LITERAL, str(error), node, "use a value that fits its type") from error
            body.unit.constants[f"{cls.__qualname__}.{name}"] = value
            return constant_of(body, type_, value, node, f"{cls.__name__}.{name}")
    return None
