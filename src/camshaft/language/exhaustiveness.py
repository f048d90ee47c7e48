"""Whether the patterns of a `match` leave anything out, and whether one of them can still match after those before.

Rule: nothing here knows terms or syntax; it is asked about typed patterns only.

Source: Luc Maranget, "Warnings for pattern matching" (2007): a vector of patterns is useful after the rows of a matrix
if there is a vector of values that it matches and none of the rows does. Such a vector is what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from camshaft.language.patterns import ANYTHING, Anything, Either, Items, Member, Named, Parts, Pattern, Value
from camshaft.language.pytypes import (
    PY_BOOL,
    PY_NONE,
    PyClass,
    PyEnum,
    PyList,
    PyLiteral,
    PySequence,
    PyTuple,
    PyType,
    PyUnion,
    members,
    shown,
)

MOST_STEPS: Final = 20_000
"""So many rows are looked at: patterns of many unions beside each other have more combinations than anybody reads."""

OTHER: Final = object()
"""In place of a value: any that no pattern names."""


class TooManyCombinations(Exception):
    """The patterns combine in more ways than are looked at."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One way in which a value of a type can be made: `key` tells them apart, `parts` are the types within.

    `longer`: the shape of all lists that are longer than any pattern tells apart.
    """

    type: PyType
    key: object
    parts: tuple[PyType, ...] = ()
    longer: bool = False


Row: TypeAlias = tuple[Pattern, ...]


def missing(patterns: Sequence[Pattern], type_: PyType) -> str | None:
    """A value that none of the patterns matches, as a pattern; None where there is none. Raises TooManyCombinations."""
    found = _Search().witness([(pattern,) for pattern in patterns], (ANYTHING,), (type_,))
    return None if found is None else found[0]


def can_match(pattern: Pattern, before: Sequence[Pattern], type_: PyType) -> bool:
    """Whether a pattern matches a value that none of those before does. Raises TooManyCombinations."""
    return _Search().witness([(one,) for one in before], (pattern,), (type_,)) is not None


class _Search:
    def __init__(self) -> None:
        self._left = MOST_STEPS

    def witness(self, rows: Sequence[Row], query: Row, types: tuple[PyType, ...]) -> list[str] | None:
        """Values that match the query and no row, as texts; None where there are none."""
        self._left -= 1 + len(rows)
        if self._left < 0:
            raise TooManyCombinations
        if not types:
            return [] if not rows else None
        rows = [expanded for row in rows for expanded in _expanded(row)]
        for asked in _expanded(query):
            if isinstance(asked[0], Value) and asked[0].key is None:
                asked = (ANYTHING, *asked[1:])  # it may be any value
            found = self._of_row(rows, asked, types)
            if found is not None:
                return found
        return None

    def _of_row(self, rows: Sequence[Row], query: Row, types: tuple[PyType, ...]) -> list[str] | None:
        heads = [row[0] for row in (*rows, query)]
        if all(isinstance(head, Anything) for head in heads):
            rest = self.witness([row[1:] for row in rows], query[1:], types[1:])
            return None if rest is None else ["_", *rest]
        for shape in _shapes(types[0], heads):
            asked = _within(query, shape)
            if asked is None:
                continue
            inner = [part for row in rows if (part := _within(row, shape)) is not None]
            found = self.witness(inner, asked, (*shape.parts, *types[1:]))
            if found is not None:
                count = len(shape.parts)
                return [_text(shape, found[:count]), *found[count:]]
        return None


def _expanded(row: Row) -> Iterator[Row]:
    """The rows that one stands for, whose first patterns are neither names nor alternatives."""
    match row[0] if row else ANYTHING:
        case Named(_, inner):
            yield from _expanded((inner, *row[1:]))
        case Either(patterns):
            for one in patterns:
                yield from _expanded((one, *row[1:]))
        case _:
            yield row


# ---- shapes ----------------------------------------------------------------------------------------------------------


def _shapes(type_: PyType, heads: Sequence[Pattern]) -> list[Shape]:
    """The ways in which values of a type are made, as far as these patterns tell them apart."""
    match type_:
        case PyUnion():
            return [Shape(type_, member, (member,)) for member in members(type_)]
        case PyClass():
            return [Shape(type_, None, tuple(field.type for field in type_.fields))]
        case PyTuple():
            return [Shape(type_, None, type_.elements)]
        case PyList(element) | PySequence(element):
            most = max((head.count for head in heads if isinstance(head, Items)), default=0)
            exact = [Shape(type_, count, (element,) * count) for count in range(most + 1)]
            return [*exact, Shape(type_, most + 1, (element,) * (most + 1), longer=True)]
        case _:
            return [Shape(type_, key) for key in _values(type_, heads)]


def _values(type_: PyType, heads: Sequence[Pattern]) -> list[object]:
    """The values of a type that can be told apart: all of them where they are few, else those that are named."""
    if type_ == PY_BOOL:
        return [False, True]
    if type_ == PY_NONE:
        return [()]
    if isinstance(type_, PyEnum):
        return [(name, ()) for name, _ in type_.members]
    if isinstance(type_, PyLiteral):
        return [(label, ()) for label in type_.labels]
    return [*dict.fromkeys(head.key for head in heads if isinstance(head, Value) and head.key is not None), OTHER]


def _within(row: Row, shape: Shape) -> Row | None:
    """A row for values of a shape, with patterns for its parts in place of the first; None where it never matches."""
    count = len(shape.parts)
    rest = row[1:]
    match row[0]:
        case Anything():
            return (*(ANYTHING,) * count, *rest)
        case Member(type_, inner):
            return (inner, *rest) if shape.key == type_ else None
        case Parts(type_, parts, _):
            named = dict(parts)
            labels = [field.name for field in type_.fields] if isinstance(type_, PyClass) else map(str, range(count))
            return (*(named.get(label, ANYTHING) for label in labels), *rest)
        case Items(_, first, between, last) as items:
            if between is None:
                return (*first, *rest) if items.count == count and not shape.longer else None
            if items.count > count:
                return None
            return (*first, *(ANYTHING,) * (count - items.count), *last, *rest)
        case Value(_, _, key):
            return rest if key is not None and key == shape.key else None
        case Named() | Either():
            raise AssertionError("names and alternatives were expanded")


# ---- texts -----------------------------------------------------------------------------------------------------------


def _text(shape: Shape, parts: Sequence[str]) -> str:
    """A value of a shape, as the pattern that its author would write for it."""
    match shape.type:
        case PyUnion():
            (member,) = shape.parts
            return _member(member) if parts[0] == "_" else parts[0]
        case PyClass():
            named = zip((field.name for field in shape.type.fields), parts, strict=True)
            return f"{shown(shape.type)}({', '.join(f'{name}={part}' for name, part in named if part != '_')})"
        case PyTuple():
            return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        case PyList() | PySequence():
            return f"[{', '.join([*parts, '*_'] if shape.longer else parts)}]"
        case _:
            return _value_text(shape)


def _member(type_: PyType) -> str:
    if type_ == PY_NONE:
        return "None"
    return f"{shown(type_).partition('[')[0]}()"


def _value_text(shape: Shape) -> str:
    if shape.key is OTHER:
        return "_"
    if shape.type == PY_NONE:
        return "None"
    key = shape.key
    if isinstance(key, tuple):
        return f"{shape.type.cls.__name__}.{key[0]}" if isinstance(shape.type, PyEnum) else _literal(shape.type, key[0])
    return repr(key)


def _literal(type_: PyType, label: str) -> str:
    assert isinstance(type_, PyLiteral)
    return repr(type_.values[type_.labels.index(label)])
