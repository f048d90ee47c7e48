"""Interning: equal types are one object, which knows what is asked of it often."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T", bound="Interned")


@dataclass(frozen=True, slots=True)
class Flags:
    """What a kind of type adds to what its children are."""

    storable: bool = True
    mutable: bool = False
    flat: bool = True
    hashable: bool = True
    well_formed: bool = True
    is_set: bool = False


_interned: WeakValueDictionary[tuple[Any, ...], Any] = WeakValueDictionary()
_newest: Final[deque[Interned]] = deque(maxlen=1000)
"""The types that were made last, kept for a while: one piece of code after another makes the same ones, and what
nothing else holds in between would have to be made anew each time."""


def known(cls: type[T], parts: tuple[Any, ...]) -> T | None:
    """The one type of these parts, where there is one: asked first, since most types that code makes are there."""
    found: T | None = _interned.get((cls, *parts))
    return found


def intern(cls: type[T], parts: tuple[Any, ...], children: tuple[Interned, ...], *, own: Flags) -> tuple[T, bool]:
    """The one type of these parts, and whether it is new and its own attributes are still to be set."""
    key = (cls, *parts)
    found: T | None = _interned.get(key)
    if found is not None:
        return found, False
    made = object.__new__(cls)
    made.nodes, made.depth = 1, 0
    made.is_storable, made.is_mutable, made.is_flat = own.storable, own.mutable, own.flat
    made.is_hashable, made.is_well_formed, made.holds_set = own.hashable, own.well_formed, own.is_set
    for child in children:
        made.nodes += child.nodes
        made.depth = max(made.depth, child.depth)
        made.is_storable &= child.is_storable
        made.is_mutable |= child.is_mutable
        made.is_flat &= child.is_flat
        made.is_hashable &= child.is_hashable
        made.is_well_formed &= child.is_well_formed
        made.holds_set |= child.holds_set
    made.depth += 1
    _interned[key] = made
    _newest.append(made)
    return made, True


class Interned:
    """What all types share: equality is identity, and what is asked of a type often is known once it exists.

    `nodes` and `depth` measure the type written out as a tree. `is_storable`: values may be stored, sent or received
    (nothing in it is `Wide` or `Never`). `is_mutable`: a Python value of it could be changed in place, since it is or
    holds a list or a map. `is_flat`: all values of it are of much the same size: no text, bytes, list or map is in
    it. `is_hashable`: nothing in it is a list, a map, a float or a function, so that equal values can be found by hash.
    `is_well_formed`: no map or set in it has keys that could not be keys. `holds_set`: it is or holds a set.
    """

    __slots__ = (
        "__weakref__",
        "depth",
        "holds_set",
        "is_flat",
        "is_hashable",
        "is_mutable",
        "is_storable",
        "is_well_formed",
        "nodes",
    )
    nodes: int
    depth: int
    is_storable: bool
    is_mutable: bool
    holds_set: bool
    is_flat: bool
    is_hashable: bool
    is_well_formed: bool
