"""Types as a flat table in which each row refers only to rows before it, so that reading one needs no recursion.

A row is [kind], [kind, labels, indexes] for records and variants, [kind, index] for lists and sets, frozen ones
too, and [kind, key, value] for maps. Kinds are numbered in `KINDS`, for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from camshaft.errors import Rejected
from camshaft.values.type_trees import check_size, children
from camshaft.values.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    STR,
    TIME,
    WIDE,
    BoolType,
    BytesType,
    DurationType,
    FloatType,
    FrozenList,
    FrozenSet,
    IntType,
    List,
    Map,
    Record,
    Set,
    StrType,
    TimeType,
    Type,
    Variant,
    WideType,
)

KINDS: Final[dict[type, int]] = {
    IntType: 0,
    BoolType: 1,
    StrType: 2,
    Record: 3,
    Variant: 4,
    List: 5,
    Map: 6,
    WideType: 7,
    FloatType: 8,
    BytesType: 9,
    TimeType: 10,
    DurationType: 11,
    Set: 12,
    FrozenList: 13,
    FrozenSet: 14,
}
_SCALARS: Final[dict[int, Type]] = {0: INT, 1: BOOL, 2: STR, 7: WIDE, 8: FLOAT, 9: BYTES, 10: TIME, 11: DURATION}


class TypeTable:
    """The table of a program that is being encoded. Rows are in the order in which types are first asked for."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self._indexes: dict[Type, int] = {}

    def index(self, type_: Type) -> int:
        """The row of a type, added with all it is made of where it is not there yet."""
        waiting = [type_]
        while waiting:
            current = waiting[-1]
            if current in self._indexes:  # first: a type of any size is named again and again in one byte each
                waiting.pop()
                continue
            missing = [child for child in children(current) if child not in self._indexes]
            if missing:
                waiting.extend(reversed(missing))
            else:
                self._indexes[current] = len(self.rows)
                self.rows.append(self._row(current))
                waiting.pop()
        return self._indexes[type_]

    def _row(self, type_: Type) -> tuple[Any, ...]:
        kind = KINDS[type(type_)]
        indexes = [self._indexes[child] for child in children(type_)]
        match type_:
            case Record():
                return (kind, [label for label, _ in type_.fields], indexes)
            case Variant():
                return (kind, [label for label, _ in type_.cases], indexes)
            case _:
                return (kind, *indexes)


def types_from_rows(rows: Sequence[Any]) -> list[Type]:
    """The types of a table.

    Raises:
        Rejected: a row is malformed, refers forward or to itself, or its type is too large.
    """
    types: list[Type] = []
    for number, row in enumerate(rows):
        try:
            type_ = _type(row, types)
        except (ValueError, TypeError, IndexError) as error:
            raise Rejected(f"type {number} of the table is malformed: {error}") from None
        check_size(type_, lambda reason, number=number: Rejected(f"type {number} of the table: {reason}"))  # type: ignore[misc]
        types.append(type_)
    return types


def _type(row: Any, types: list[Type]) -> Type:
    if not isinstance(row, list) or any(type(part) is bool for part in row):
        raise ValueError("it is not an array of numbers and labels")
    match row:
        case [int(kind)] if kind in _SCALARS:
            return _SCALARS[kind]
        case [3, list(labels), list(indexes)]:
            return Record(_labelled(labels, indexes, types))
        case [4, list(labels), list(indexes)]:
            return Variant(_labelled(labels, indexes, types))
        case [5, int(element)]:
            return List(_earlier(element, types))
        case [12, int(element)]:
            return Set(_earlier(element, types))
        case [13, int(element)]:
            return FrozenList(_earlier(element, types))
        case [14, int(element)]:
            return FrozenSet(_earlier(element, types))
        case [6, int(key), int(value)]:
            return Map(_earlier(key, types), _earlier(value, types))
        case _:
            raise ValueError("it is not a row of a kind that this format has")


def _labelled(labels: list[Any], indexes: list[Any], types: list[Type]) -> list[tuple[str, Type]]:
    if len(labels) != len(indexes):
        raise ValueError(f"{len(labels)} labels for {len(indexes)} types")
    if not all(type(label) is str for label in labels):
        raise ValueError("a label is a text")
    return [(label, _earlier(index, types)) for label, index in zip(labels, indexes, strict=True)]


def _earlier(index: Any, types: list[Type]) -> Type:
    if type(index) is not int or not 0 <= index < len(types):
        raise ValueError(f"it refers to type {index!r}, but only the {len(types)} before it exist")
    return types[index]
