"""Patterns of types: what the operations of `primitives` take and give, with type variables.

`Signature.apply` is all there is to the typing of an operation: match the operands, fill in the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from camshaft.values.types import (
    INT,
    UNIT,
    WIDE,
    FrozenList,
    FrozenSet,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
    is_storable,
    is_tuple,
    tuple_of,
)


@dataclass(frozen=True, slots=True)
class Hole:
    """A type variable of a signature; it stands for one storable type that `admits` allows."""

    name: str
    admits: Callable[[Type], bool] = is_storable

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    element: Pattern

    def __str__(self) -> str:
        return f"List[{self.element}]"


@dataclass(frozen=True, slots=True)
class MapOf:
    key: Pattern
    value: Pattern

    def __str__(self) -> str:
        return f"Map[{self.key}, {self.value}]"


@dataclass(frozen=True, slots=True)
class SetOf:
    element: Pattern

    def __str__(self) -> str:
        return f"Set[{self.element}]"


@dataclass(frozen=True, slots=True)
class FrozenListOf:
    element: Pattern

    def __str__(self) -> str:
        return f"FrozenList[{self.element}]"


@dataclass(frozen=True, slots=True)
class FrozenSetOf:
    element: Pattern

    def __str__(self) -> str:
        return f"FrozenSet[{self.element}]"


@dataclass(frozen=True, slots=True)
class TupleOf:
    elements: tuple[Pattern, ...]

    def __str__(self) -> str:
        return f"({', '.join(map(str, self.elements))})"


@dataclass(frozen=True, slots=True)
class VariantOf:
    cases: tuple[tuple[str, Pattern], ...]

    def __str__(self) -> str:
        return " | ".join(label if payload is UNIT else f"{label} {payload}" for label, payload in self.cases)


@dataclass(frozen=True, slots=True)
class TupleOfSame:
    """A tuple of at least one element, all of one type."""

    element: Pattern

    def __str__(self) -> str:
        return f"({self.element}, …)"


Pattern: TypeAlias = (
    Type | Hole | ListOf | MapOf | SetOf | FrozenListOf | FrozenSetOf | TupleOf | TupleOfSame | VariantOf
)


@dataclass(frozen=True, slots=True)
class Signature:
    """From operands to a result, with type variables."""

    operands: tuple[Pattern, ...]
    result: Pattern

    def __str__(self) -> str:
        return f"{', '.join(map(str, self.operands))} -> {self.result}"

    def apply(self, operands: tuple[Type, ...]) -> Type | None:
        """The result's type for these operands, or None where they do not fit."""
        if len(operands) != len(self.operands):
            return None
        holes: dict[str, Type] = {}
        if all(matches(pattern, type_, holes) for pattern, type_ in zip(self.operands, operands, strict=True)):
            return filled(self.result, holes)
        return None


def matches(pattern: Pattern, type_: Type, holes: dict[str, Type]) -> bool:
    """Whether a type fits a pattern; binds the holes that are met for the first time."""
    match pattern:
        case Hole(name, admits):
            bound = holes.setdefault(name, type_)
            return bound is type_ and admits(type_)
        case ListOf(element):
            return isinstance(type_, List) and matches(element, type_.element, holes)
        case MapOf(key, value):
            return type(type_) is Map and matches(key, type_.key, holes) and matches(value, type_.value, holes)
        case SetOf(element):
            return isinstance(type_, Set) and matches(element, type_.element, holes)
        case FrozenListOf(element):
            return isinstance(type_, FrozenList) and matches(element, type_.element, holes)
        case FrozenSetOf(element):
            return isinstance(type_, FrozenSet) and matches(element, type_.element, holes)
        case TupleOf(elements):
            return (
                isinstance(type_, Record)
                and is_tuple(type_)
                and len(type_.fields) == len(elements)
                and all(matches(part, child, holes) for part, (_, child) in zip(elements, type_.fields, strict=True))
            )
        case TupleOfSame(element):
            return (
                isinstance(type_, Record)
                and is_tuple(type_)
                and all(matches(element, child, holes) for _, child in type_.fields)
            )
        case VariantOf():
            return False  # only ever a result
        case _:
            # An Int is a Wide that happens to be within bounds; nothing else is more than one type.
            return type_ is pattern or (pattern is WIDE and type_ is INT)


def filled(pattern: Pattern, holes: dict[str, Type]) -> Type:
    """The type that a pattern is, once all of its holes are bound."""
    match pattern:
        case Hole(name):
            return holes[name]
        case ListOf(element):
            return List(filled(element, holes))
        case MapOf(key, value):
            return Map(filled(key, holes), filled(value, holes))
        case SetOf(element):
            return Set(filled(element, holes))
        case FrozenListOf(element):
            return FrozenList(filled(element, holes))
        case FrozenSetOf(element):
            return FrozenSet(filled(element, holes))
        case TupleOf(elements):
            return tuple_of(*(filled(element, holes) for element in elements))
        case VariantOf(cases):
            return Variant((label, filled(payload, holes)) for label, payload in cases)
        case TupleOfSame():
            raise TypeError("a result is never a tuple of unknown length")
        case _:
            return pattern


def operand_types(domain: Type, count: int) -> tuple[Type, ...] | None:
    """The operands that a domain holds for an operation of `count`: none, the bare value, or those of a tuple. None
    where the domain does not hold as many."""
    if count == 0:
        return ()
    if count == 1:
        return (domain,)
    if isinstance(domain, Record) and len(domain.fields) == count and is_tuple(domain):
        return tuple(child for _, child in domain.fields)
    return None
