"""Where the object is that a local name stands for, at one point of a method.

In Python a name refers to an object; here an object is a value that belongs to one place. So a name whose object can
change either owns it, in its slot, or stands for the place that owns it: a path from a field of the state or from
another variable, whose keys were evaluated once and kept. Where two ways meet, what is known of a name is joined;
what it stands for must then still be one thing.

Rule: nothing here builds terms; `references` does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeAlias

from camshaft.language.lowered import Borrow, Path, PlaceRef, overlap
from camshaft.language.pytypes import (
    PY_NONE,
    PyDict,
    PyFrozenSet,
    PyList,
    PyMachine,
    PySequence,
    PySet,
    PyType,
    PyUnion,
    is_mutable,
    parts,
)


@dataclass(frozen=True, slots=True)
class Own:
    """The variable's slot holds the object, and nothing else leads to it."""


@dataclass(frozen=True, slots=True)
class Empty:
    """The variable is None so far: it agrees with whatever it stands for on another way."""


@dataclass(frozen=True, slots=True)
class Alias:
    """The name stands for a place, where a `type` is.

    `held`: its slot has what is there, too, so that reading it looks nothing up. `text` is the place as its author
    would write it here, "" where an assignment since may have changed what that text means; `names` are the variables
    in it. `capture`: the loop variable that it is.
    """

    place: PlaceRef
    path: Path
    type: PyType
    node: ast.AST = field(compare=False)
    held: bool = False
    text: str = ""
    names: frozenset[str] = frozenset()
    capture: str | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """The elements at a path, each of which `by`, a loop or a comprehension, puts nowhere or in one place.

    `of_dict`: they are a dict's values.
    """

    by: ast.AST
    path: Path
    of_dict: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Gathers:
    """The slot holds a container of the variable's own, in which are copies of what belongs to others.

    It can grow, shrink and be sorted; what is at `within`, the paths from the variable to those copies, is only read,
    and only until what they are copies of changes. `picked`: each of its elements that is others' is another one of
    these.
    """

    borrows: tuple[Borrow, ...] = field(compare=False)
    node: ast.AST = field(compare=False)
    paths: frozenset[Path]
    within: frozenset[Path]
    picked: Picked | None = None

    def of(self, path: Path, node: ast.AST) -> tuple[Borrow, ...]:
        """What a value at a path within the variable is or holds of others."""
        reached = [way for way in self.within if overlap(path, (path[0], *way))]
        if not reached:
            return ()
        around = all(len(way) > len(path) - 1 for way in reached)
        return tuple(replace(one, node=node, exact=False, inside=around, fresh=around) for one in self.borrows)


def gathers(
    borrows: Iterable[Borrow], within: Iterable[Path], node: ast.AST, before: Home, picked: Picked | None = None
) -> Gathers:
    """The home of a variable in whose container these are put, beside what was there before."""
    more = before if isinstance(before, Gathers) else None
    unique = {borrow.path: borrow for borrow in (*(more.borrows if more else ()), *borrows)}
    ways = frozenset(within) | (more.within if more else frozenset())
    return Gathers(tuple(unique.values()), more.node if more else node, frozenset(unique), ways, picked)


@dataclass(frozen=True, slots=True)
class Refers:
    """The name stands for a list of elements that stay where they are: `keys` is the slot of what finds each of them.

    `part` says how they are found, in the container at `place`; `path` is that of an element.
    """

    keys: int
    place: PlaceRef
    path: Path
    part: object = field(compare=False)
    node: ast.AST = field(compare=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """The slot holds a copy of what belongs to others: it can be read until that changes, and is not changed itself.

    `since`: what became of the place that it stood for before.
    """

    borrows: tuple[Borrow, ...] = field(compare=False)
    node: ast.AST = field(compare=False)
    paths: frozenset[Path]
    since: Ended | None = field(default=None, compare=False)


def shown(borrows: Iterable[Borrow], node: ast.AST) -> Shown:
    """The home of a name that shows these: one borrow of each path is enough."""
    unique = {borrow.path: borrow for borrow in borrows}
    return Shown(tuple(unique.values()), node, frozenset(unique))


@dataclass(frozen=True, slots=True)
class Ended:
    """What the name stood for is not there any more: `what` happened at `node`; the name was bound at `bound`."""

    what: str = field(compare=False)
    node: ast.AST = field(compare=False)
    bound: ast.AST = field(compare=False)


Home: TypeAlias = Own | Empty | Alias | Gathers | Refers | Shown | Ended

REPLACED = "was replaced or taken away"
MOVED = "may have moved to another index"
CHANGED = "changed"
DIFFERENT = "differs"

OWN = Own()
EMPTY = Empty()


def joined(homes: Sequence[Home]) -> Home:
    """What is known of a name where ways meet on which it stands for these."""
    unique = list(dict.fromkeys(home for home in homes if home != EMPTY))
    if not unique:
        return EMPTY
    ended = next((home for home in unique if isinstance(home, Ended)), None)
    if ended is not None or len(unique) == 1:
        return ended or unique[0]
    first = unique[0]
    for home in unique:
        if isinstance(home, Refers):
            return _different(home, unique)
    aliases = [home for home in unique if isinstance(home, Alias)]
    if isinstance(first, Alias) and all(_same(first, home) for home in unique):
        texts = {home.text for home in aliases}
        text = first.text if len(texts) == 1 else ""
        return replace(first, held=all(home.held for home in aliases), text=text)
    if all(isinstance(home, Own | Gathers) for home in unique):
        whole: Home = OWN
        for home in unique:
            if isinstance(home, Gathers):
                whole = gathers(home.borrows, home.within, home.node, whole)
        picked = {home.picked for home in unique if isinstance(home, Gathers)}
        return replace(whole, picked=picked.pop()) if isinstance(whole, Gathers) and len(picked) == 1 else whole
    borrows: list[Borrow] = []
    for home in unique:
        match home:
            case Alias(held=True):
                # Nobody can change the copy that its slot has; changing what it is a copy of ends it.
                borrows.append(Borrow(home.path, home.type, home.node, exact=False))
            case Alias():
                return _different(home, unique)
            case Gathers() | Shown():
                borrows += home.borrows
            case _:
                pass
    return shown(borrows, next(home.node for home in unique if isinstance(home, Alias | Gathers | Shown)))


def _different(home: Alias | Refers, homes: Sequence[Home]) -> Ended:
    """What is known of a name that stands for a place on one way, and for something else on others."""
    other = next(one for one in homes if one is not home)
    if isinstance(other, Shown) and other.since is not None:
        return other.since
    node = other.node if isinstance(other, Alias | Gathers | Refers | Shown) else home.node
    return Ended(DIFFERENT, node, home.node)


def _same(one: Alias, other: Home) -> bool:
    return isinstance(other, Alias) and one.place == other.place


# ---- what a name refers to -----------------------------------------------------------------------------------------


@cache
def is_flat(type_: PyType) -> bool:
    """Whether an object is a record of scalars, throughout: a copy of it costs no more than its fields."""
    container = isinstance(type_, PyList | PyDict | PySet | PySequence | PyFrozenSet | PyMachine)
    return not container and all(map(is_flat, parts(type_)))


@cache
def referred(type_: PyType) -> PyType:
    """What a variable of a type refers to where it is not None: T, for `T | None`; else the type itself."""
    if isinstance(type_, PyUnion) and len(type_.members) == 2 and PY_NONE in type_.members:
        return next(member for member in type_.members if member != PY_NONE)
    return type_


def is_reference_or_none(type_: PyType) -> bool:
    """Whether a variable of a type refers to an object that can change, or is None."""
    return referred(type_) != type_ and is_mutable(type_)
