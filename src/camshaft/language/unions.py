"""Unions of types: what Python can tell apart by its class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from camshaft.language.pytypes import (
    PY_BOOL,
    PY_FLOAT,
    PY_INT,
    PY_NEVER,
    PY_NONE,
    PyMachine,
    PyType,
    PyUnion,
    members,
    shown,
    tag,
)


class UnionProblem(ValueError):
    """Members that cannot be told apart in a union; the text says which and why."""


def union_of(types: Iterable[PyType]) -> PyType:
    """The union of types, or the one type where it is one. Raises UnionProblem."""
    unique = dict.fromkeys(member for type_ in types for member in members(type_))
    if not unique:
        return PY_NEVER
    labelled: dict[str, PyType] = {}
    for member in unique:
        other = labelled.setdefault(tag(member), member)
        if other != member:
            raise UnionProblem(f"`{shown(other)}` and `{shown(member)}` cannot be told apart in a union")
    kinds = [type_ for type_ in (PY_INT, PY_BOOL, PY_FLOAT) if tag(type_) in labelled]
    if len(kinds) > 1:
        one, other = kinds[:2]
        same = f"`{_ONE[one]}` and `{_ONE[other]}`"
        raise UnionProblem(
            f"a union of `{shown(one)}` and `{shown(other)}` would treat {same} as different, Python does not"
        )
    if "set" in labelled and "frozenset" in labelled:
        raise UnionProblem(
            "a union of `set` and `frozenset` would treat those of the same members as different, Python does not"
        )
    if any(isinstance(member, PyMachine) for member in unique) and len(unique) > 1:
        raise UnionProblem("a machine cannot be a member of a union")
    if len(labelled) == 1:
        return next(iter(unique))
    return PyUnion(tuple(labelled[label] for label in sorted(labelled)))


_ONE: Final[dict[PyType, str]] = {PY_INT: "1", PY_BOOL: "True", PY_FLOAT: "1.0"}


def optional(type_: PyType) -> PyType:
    """`T | None`"""
    return union_of((type_, PY_NONE))
