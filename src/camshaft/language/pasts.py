"""What an author says of a version's past: `was` for what had another name, `drops` for what is given up.

Both are read when a migration is derived, and by nobody else: they change nothing in plain Python, and nothing in the
program, whose id stays what it was when they are taken away again.

    @drops("legacy")
    class Cart(Machine):
        amount: Annotated[int, was("total")] = 0

Rule: nothing here decides what becomes of a state. `evolution` does.
"""

from __future__ import annotations

import ast
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeVar

from camshaft.language.diagnostics import Code
from camshaft.language.names import Site, object_of
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_BOOL,
    PY_FLOAT,
    PY_INT,
    PY_STR,
    PyDict,
    PyList,
    PyType,
    is_optional,
)

C = TypeVar("C", bound=type)

_WAS: Final = "__camshaft_was__"
_DROPS: Final = "__camshaft_drops__"


@dataclass(frozen=True, slots=True)
class Was:
    """An earlier name: of the field that it annotates, or of the class that it decorates. See `was`."""

    name: str
    members: tuple[tuple[str, str], ...] = ()
    """Of an enum: its members with the names that they had."""

    def __call__(self, cls: C) -> C:
        """Mark a class: one of a union that had another name, or an enum with members that had."""
        is_enum = isinstance(cls, type) and issubclass(cls, Enum)
        if not isinstance(cls, type) or is_enum is bool(self.name):
            raise TypeError('write `@was("OldName")` above a dataclass, `@was(NEW="OLD")` above an enum')
        unknown = [name for name, _ in self.members if name not in vars(cls)]
        if unknown:
            raise TypeError(f"`{cls.__name__}` has no member {', '.join(unknown)}")
        setattr(cls, _WAS, self)
        return cls


def was(name: str = "", /, **members: str) -> Was:
    """Say what something was called in the version before, so that its data carries over.

    - A field: `amount: Annotated[int, was("total")] = 0`, in a machine or a dataclass.
    - A dataclass that is a member of a union: `@was("Cash")` above it.
    - Members of an enum: `@was(CLOSED="SHUT")` above it; the new name first.

    It may stay when the upgrade is done: where the version before has no such name, it says nothing.
    """
    if bool(name) is bool(members) or not all(one.isidentifier() for one in (name or "x", *members.values())):
        raise TypeError('`was` takes one old name, `was("total")`; for an enum the members, `was(CLOSED="SHUT")`')
    return Was(name, tuple(members.items()))


@dataclass(frozen=True, slots=True)
class Drops:
    """Fields that are given up. See `drops`."""

    names: tuple[str, ...]

    def __call__(self, cls: C) -> C:
        """Mark a class."""
        if not isinstance(cls, type):
            raise TypeError(f"`@drops(…)` stands above a class, not above {cls!r}")
        setattr(cls, _DROPS, self)
        return cls


def drops(*names: str) -> Drops:
    """Say that these fields of the version before may be lost: `@drops("legacy")` above a machine or a dataclass."""
    if not names or not all(isinstance(name, str) and name.isidentifier() for name in names):
        raise TypeError('`drops` takes the names of fields that are given up: `@drops("legacy")`')
    return Drops(names)


# ---- reading them ----------------------------------------------------------------------------------------------------


def check_no_past(given: object, name: str, type_: PyType, annotation: ast.expr, where: Site) -> None:
    """Refuse `visits: int = was("seen")`: an earlier name stands in the annotation. Raises Problem."""
    if isinstance(given, Was):
        past = f'Annotated[{ast.unparse(annotation)}, was("{given.name}")]'
        raise where.problem(
            Code.DEFAULT,
            f"`was` stands where the default of `{name}` belongs: what the field was called is said with its type",
            f"write `{name}: {past} = {_example(type_)}` with what a new instance starts with, and "
            "`from typing import Annotated`",
        )


def _example(type_: PyType) -> str:
    """A default of a type, as it is written."""
    if is_optional(type_):
        return "None"
    match type_:
        case PyList():
            return "[]"
        case PyDict():
            return "{}"
        case _:
            return {PY_INT: "0", PY_STR: '""', PY_BOOL: "False", PY_FLOAT: "0.0"}.get(type_, "…")


def dropped_by(cls: type) -> tuple[str, ...]:
    """The fields that a class says are given up."""
    found = cls.__dict__.get(_DROPS)
    return found.names if isinstance(found, Drops) else ()


def class_was(cls: type) -> str:
    """What a class says that it was called, "" where it says nothing."""
    found = cls.__dict__.get(_WAS)
    return found.name if isinstance(found, Was) else ""


def members_were(cls: type) -> dict[str, str]:
    """The members of an enum that had other names, with those."""
    found = cls.__dict__.get(_WAS)
    return dict(found.members) if isinstance(found, Was) else {}


def is_mark(names: Mapping[str, Any], decorator: ast.expr) -> Callable[..., object] | None:
    """Which of `was` and `drops` a decorator is, None where it is neither."""
    if not isinstance(decorator, ast.Call):
        return None
    called = object_of(names, decorator.func)
    return called if called in (was, drops) else None


def annotated(where: Site, evaluated: object) -> tuple[Site, object, str]:
    """A field's annotation without what it says of the field's past, and what it says; "" where that is nothing.

    Raises Problem where it says it in a way that cannot be read.
    """
    if evaluated is not NO_DEFAULT and not isinstance(evaluated, str):
        if typing.get_origin(evaluated) is not typing.Annotated:
            return where, evaluated, ""
        inner, *notes = typing.get_args(evaluated)
        found = [note for note in notes if isinstance(note, Was)]
        return (where, inner, found[0].name) if found else (where, evaluated, "")
    node = _parsed(where.node)
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return where, evaluated, ""
    if object_of(where.names, node.value) is not typing.Annotated:
        return where, evaluated, ""
    first, *others = node.slice.elts
    for note in others:
        if is_mark(where.names, note) is was:
            match note:
                case ast.Call(args=[ast.Constant(value=str() as name)], keywords=[]):
                    return Site(where.source, first, where.names), NO_DEFAULT, name
                case _:
                    raise where.problem(
                        Code.ANNOTATION, "the old name of a field is a text", 'write `Annotated[int, was("total")]`'
                    )
    return where, evaluated, ""


def _parsed(node: ast.AST) -> ast.AST:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return node
    try:
        parsed = ast.parse(node.value, mode="eval").body
    except SyntaxError:
        return node  # which is said where the annotation is resolved
    for part in ast.walk(parsed):
        ast.copy_location(part, node)
    return parsed


def check_unmarked(site: Site, marked: list[Any]) -> None:
    """Refuse what says a past where there is no field. Raises Problem."""
    if any(marked):
        raise site.problem(
            Code.ANNOTATION,
            "`was` says what a field was called, and this is no field of a machine or a dataclass",
            'write it around the whole annotation of a field: `total: Annotated[list[int], was("sums")]`',
        )
