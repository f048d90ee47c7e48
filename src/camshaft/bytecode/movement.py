"""Which maps of a state a migration moves: whole, or entry by entry, each by itself.

A map is moved where one field of the new state is the old map, or has its keys with a value computed for each from that
entry alone (and perhaps from fields that are not moved), and where nothing else of the new state depends on it. Then
the old map can become the new one in place, an entry at a time, in any order.

Every value is known by what it depends on: a set of bits, one for each field of the old state, then one for each loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from camshaft.bytecode.dataflow import Dataflow, NotKnown, Open, Value
from camshaft.bytecode.instructions import Op
from camshaft.bytecode.primitives import PrimitiveOperation
from camshaft.bytecode.verified import VerifiedCode
from camshaft.bytecode.verifier import Verified
from camshaft.values.types import Map, Record, Type


class Kind(Enum):
    """What a value is, besides what it depends on."""

    OTHER = 0
    WHOLE = 1  # a field of the old state as it was
    MAPPED = 2  # a map with the keys of such a field, each value computed from its own entry
    ENTRIES = 3  # the entries of either as a list of pairs
    KEY = 4  # the key of the entry that a loop is at


@dataclass(frozen=True, slots=True)
class Known:
    """A value: `bits` is what it depends on, for MAPPED and ENTRIES besides the entries of the `field` themselves; of
    KEY the field is the number of the loop."""

    bits: int
    kind: Kind = Kind.OTHER
    field: int = -1

    @property
    def all_bits(self) -> int:
        return self.bits | (1 << self.field if self.kind in _OF_FIELD else 0)


_OF_FIELD = (Kind.WHOLE, Kind.MAPPED, Kind.ENTRIES)


@dataclass(frozen=True, slots=True)
class Moved:
    """A map that is moved: the field that it was, the field that it becomes, whether its values stay as they are, and
    the fields that its new values are computed from besides."""

    old: int
    new: int
    as_it_was: bool
    needs: tuple[int, ...]


def moved_maps(verified: Verified, method: str) -> tuple[Moved, ...]:
    """The maps that a total migration from a record to a record moves."""
    code = verified.methods[method].code
    was = code.domain.fields[0][1] if isinstance(code.domain, Record) and len(code.domain.fields) == 1 else None
    becomes = code.codomain
    if not isinstance(was, Record) or not isinstance(becomes, Record) or not was.fields:
        return ()
    try:
        result = _Movement(verified.functions, len(was.fields)).follow(
            code, (tuple(Known(0, Kind.WHOLE, at) for at in range(len(was.fields))),)
        )
    except NotKnown:
        return ()
    if not isinstance(result, tuple):
        return ()
    return tuple(_moved(was, result))


def _moved(was: Record, result: tuple[Value, ...]) -> Sequence[Moved]:
    candidates = []
    needed = 0
    for new, value in enumerate(result):
        if _is_map_of(was, value):
            candidates.append((new, value))
            needed |= value.bits
        else:
            needed |= _bits(value)
    taken = [value.field for _, value in candidates]
    return [
        Moved(
            value.field,
            new,
            value.kind is Kind.WHOLE,
            tuple(at for at in range(len(was.fields)) if value.bits >> at & 1),
        )
        for new, value in candidates
        if taken.count(value.field) == 1 and not needed >> value.field & 1
    ]


def _is_map_of(was: Record, value: Value) -> bool:
    return (
        isinstance(value, Known)
        and value.kind in (Kind.WHOLE, Kind.MAPPED)
        and isinstance(was.fields[value.field][1], Map)
    )


def _bits(value: Value) -> int:
    if isinstance(value, tuple):
        bits = 0
        for part in value:
            bits |= _bits(part)
        return bits
    assert isinstance(value, Known)
    return value.all_bits


Source: TypeAlias = tuple[int, int]
"""The field whose entries a loop goes over, and what else their values depend on."""


class _Movement(Dataflow):
    """Values are `Known`."""

    def __init__(self, functions: tuple[VerifiedCode, ...], fields: int) -> None:
        super().__init__()
        self._functions = functions
        self._loops = fields
        """The number of the last loop; the first ones are those of the fields."""
        self._within: dict[int, tuple[int, Source | None]] = {}
        """Of each open loop, by its construct: its number, and what it goes over where that is the entries of a map."""

    def _sum(self, values: Sequence[Value]) -> int:
        bits = 0
        for value in values:
            bits |= self._bits(value)
        return bits

    def _bits(self, value: Value) -> int:
        self.spend(1)
        if isinstance(value, tuple):
            return self._sum(value)
        assert isinstance(value, Known)
        return value.all_bits

    def constant(self, _type: Type, _value: Any) -> Value:
        return Known(0)

    def field(self, record: Value, _position: int, _type: Type) -> Value:
        return Known(self._bits(record))

    def unclear(self, _type: Type, *sources: Value) -> Value:
        return Known(self._sum(sources))

    def primitive(self, row: PrimitiveOperation, operands: tuple[Value, ...], _sized: bool, _type: Type) -> Value:
        first = operands[0]
        if row.name == "items" and isinstance(first, Known) and first.kind in (Kind.WHOLE, Kind.MAPPED):
            return Known(first.bits, Kind.ENTRIES, first.field)
        if row.name == "map_of" and isinstance(first, Known) and first.kind is Kind.ENTRIES:
            return Known(first.bits, Kind.MAPPED, first.field)
        return Known(self._sum(operands))

    def element(self, frame: Open, items: Type, _element: Type) -> Value:
        self._loops += 1
        number, source = self._loops, _source(frame.items, items)
        self._within[id(frame)] = number, source
        if source is None:
            return Known(self._bits(frame.items) | 1 << number)
        return (Known(1 << number, Kind.KEY, number), Known(1 << number | source[1]))

    def ended(self, frame: Open, result: Value, _cost: int, type_: Type) -> Value:
        number, source = self._within.pop(id(frame))
        this = ~(1 << number)
        items = self._bits(frame.items)
        if result is None:
            return Known(items | self._bits(frame.environment))
        if source is None or frame.op != Op.MAP:
            return Known((items | self._bits(result)) & this)
        if isinstance(type_, Map):
            return Known((source[1] | self._bits(result)) & this, Kind.MAPPED, source[0])
        if isinstance(result, tuple) and len(result) == 2:
            key, value = result
            if isinstance(key, Known) and key.kind is Kind.KEY and key.field == number:
                return Known((source[1] | self._bits(value)) & this, Kind.ENTRIES, source[0])
        return Known((items | self._bits(result)) & this)

    def join(self, left: Value, right: Value, condition: Value) -> Value:
        if isinstance(left, tuple) and isinstance(right, tuple) and len(left) == len(right):
            return tuple(self.join(one, other, condition) for one, other in zip(left, right, strict=True))
        of_fields = isinstance(left, Known) and isinstance(right, Known) and left.kind in _OF_FIELD
        if of_fields and left.field == right.field:
            if left == right and left.kind is Kind.WHOLE:
                return left
            mapped = (Kind.WHOLE, Kind.MAPPED)
            bits = left.bits | right.bits | self._bits(condition)
            if left.kind in mapped and right.kind in mapped:
                return Known(bits, Kind.MAPPED, left.field)
            if left.kind is right.kind:
                return Known(bits, Kind.ENTRIES, left.field)
        return Known(self._sum((left, right, condition)))

    def call(self, index: int, argument: Value, _type: Type) -> Value:
        return self.follow(self._functions[index], argument)


def _source(items: Value, type_: Type) -> Source | None:
    if isinstance(items, Known) and items.kind in _OF_FIELD and (isinstance(type_, Map) or items.kind is Kind.ENTRIES):
        return items.field, items.bits
    return None
