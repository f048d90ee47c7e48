"""Types as trees: what they are made of, and how large they may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from camshaft.values.types import FrozenList, FrozenSet, Function, List, Map, Record, Set, Type, Variant, is_key

MAX_TYPE_NODES: Final = 10_000
"""The most nodes that a type may have when it is written out as a tree."""
MAX_TYPE_DEPTH: Final = 40
"""The deepest that a type may nest. Code that walks a value by its type recurses no deeper than this."""


_HELD: Final[dict[type[Type], str]] = {
    Map: "a map's keys",
    Set: "a set's members",
    FrozenList: "a frozen list's elements",
    FrozenSet: "a frozen set's members",
}


def children(type_: Type) -> tuple[Type, ...]:
    """The types that a type is made of."""
    match type_:
        case Record():
            return tuple(child for _, child in type_.fields)
        case Variant():
            return tuple(child for _, child in type_.cases)
        case List() | Set() | FrozenList() | FrozenSet():
            return (type_.element,)
        case Map():
            return (type_.key, type_.value)
        case Function():
            return (type_.domain, type_.codomain)
        case _:
            return ()


def subtypes(type_: Type) -> Iterator[Type]:
    """Each distinct type within a type, itself included: linear in their number, not in the size of the tree."""
    seen: set[Type] = set()
    waiting: list[Type] = [type_]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            yield current
            waiting.extend(children(current))


def check_size(type_: Type, reject: Callable[[str], Exception]) -> None:
    """Raise `reject(reason)` where a type is too large or too deep."""
    if type_.nodes > MAX_TYPE_NODES:
        raise reject(f"a type has {type_.nodes} nodes; at most {MAX_TYPE_NODES} are allowed")
    if type_.depth > MAX_TYPE_DEPTH:
        raise reject(f"a type nests {type_.depth} deep; at most {MAX_TYPE_DEPTH} is allowed")


def check_well_formed(type_: Type, reject: Callable[[str], Exception]) -> None:
    """Raise `reject(reason)` where a type is too large, too deep, or has a map whose keys could not be keys."""
    check_size(type_, reject)
    if type_.is_well_formed:
        return  # a program names a type of any size in one byte: looking through it each time is not linear in bytes
    for part in subtypes(type_):
        member = (
            part.key if isinstance(part, Map) else part.element if isinstance(part, FrozenList | FrozenSet) else None
        )
        if member is not None and not is_key(member):
            what = _HELD[type(part)]
            raise reject(f"{what} cannot be of type {member!r}: it holds a list, a map or a float")
