"""How the fuel that code takes grows with what it is given: at most in proportion, or nobody knows.

Code that takes at most so many units for each unit of its argument's weight, and so many besides, cannot run out of a
budget that grows as fast. `proportional` finds such numbers for code without loops by a condition, whose loops go over
what it was given and do not multiply: everything that restructures data. Where it finds none, there may still be some.

Every size is a bound: a constant, and so many times the weight of each *part* of the argument. A part of an element
of a loop stands for that part of all of its elements, until the loop has ended: then their sum is bounded by the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from camshaft.bytecode.dataflow import Dataflow, NotKnown, Open, Value
from camshaft.bytecode.instructions import Op
from camshaft.bytecode.primitives import PrimitiveOperation
from camshaft.bytecode.primitives.table import LENGTH, LENGTH_OF_SECOND, LENGTHS, WEIGHT, WEIGHTS
from camshaft.bytecode.verified import VerifiedCode
from camshaft.bytecode.verifier import Verified
from camshaft.values.check import weight
from camshaft.values.types import BOOL, DURATION, FLOAT, INT, TIME, List, Map, Record, Type, Variant

_CHARGED_BY_WEIGHT: Final = (LENGTH, LENGTHS, LENGTH_OF_SECOND, WEIGHT, WEIGHTS)
"""Charges of at most the weights of all operands together."""
_TWICE: Final = frozenset(
    {"keys", "values", "items", "map_of", "set_of", "concat", "insert", "list_append", "thaw_set"}
)
_ONCE: Final = frozenset(
    {"collect", "list_reversed", "freeze_list", "thaw_list", "set_union", "set_intersection", "set_difference"}
)
"""Operations whose result weighs at most twice, or once, what all operands weigh together, and 2 more."""


@dataclass(frozen=True, slots=True)
class Size:
    """A bound: `units`, and for each part, by number, so many times its weight."""

    units: int
    parts: dict[int, int] = field(default_factory=dict)

    def __add__(self, other: Size) -> Size:
        parts = dict(self.parts)
        for part, times in other.parts.items():
            parts[part] = parts.get(part, 0) + times
        return Size(self.units + other.units, parts)

    def times(self, factor: int) -> Size:
        return Size(self.units * factor, {part: times * factor for part, times in self.parts.items()})

    def share(self, of: int) -> Size:
        """A bound of a whole number that is at most one in so many of this."""
        return Size(-(-self.units // of), {part: -(-times // of) for part, times in self.parts.items()})

    def most(self, other: Size) -> Size:
        every = self.parts.keys() | other.parts.keys()
        parts = {part: max(self.parts.get(part, 0), other.parts.get(part, 0)) for part in every}
        return Size(max(self.units, other.units), parts)


@dataclass(frozen=True, slots=True)
class Proportion:
    """At most `units`, and `per_weight` for each unit of the argument's weight."""

    units: int
    per_weight: int

    def is_within(self, units: int, per_weight: int) -> bool:
        return self.units <= units and self.per_weight <= per_weight


def proportional(verified: Verified, method: str) -> Proportion | None:
    """How much fuel a method takes at most for a record of arguments; None where that is not known."""
    code = verified.methods[method].code
    growth = _Growth(verified.functions)
    argument = growth.parts_of(code.domain)
    try:
        growth.follow(code, argument)
    except NotKnown:
        return None
    taken = growth.taken
    return Proportion(taken.units + code.cost, max(taken.parts.values(), default=0))


def fixed_weight(type_: Type) -> int | None:
    """The greatest weight of a value of a type, None where there is none."""
    match type_:
        case _ if type_ in _SCALARS:
            return 1
        case Record():
            parts = [fixed_weight(child) for _, child in type_.fields]
            return None if None in parts else 1 + sum(part for part in parts if part is not None)
        case Variant():
            cases = [(label, fixed_weight(payload)) for label, payload in type_.cases]
            known = [2 + len(label) + size for label, size in cases if size is not None]
            return max(known, default=1) if len(known) == len(cases) else None
        case _:
            return None


def least_weight(type_: Type) -> int:
    """A weight that no value of a type is below."""
    match type_:
        case Record():
            return 1 + sum(least_weight(child) for _, child in type_.fields)
        case Variant():
            return min((2 + len(label) + least_weight(payload) for label, payload in type_.cases), default=1)
        case _:
            return 1


_SCALARS: Final = frozenset({INT, BOOL, FLOAT, TIME, DURATION})


class _Growth(Dataflow):
    """Values are sizes; None is a size of which nothing is known."""

    def __init__(self, functions: tuple[VerifiedCode, ...]) -> None:
        super().__init__()
        self.taken = Size(0)
        self._functions = functions
        self._parts = 0
        self._before: dict[int, tuple[int, Size]] = {}
        """Of each open loop, by its depth: the number of its element's first part, and what was taken before it."""

    def parts_of(self, type_: Type) -> Value:
        """A value of which each part is one by itself."""
        self.spend(1)
        if isinstance(type_, Record) and type_.fields:
            return tuple(self.parts_of(child) for _, child in type_.fields)
        fixed = fixed_weight(type_)
        if fixed is not None:
            return Size(fixed)
        self._parts += 1
        return Size(0, {self._parts: 1})

    def _size(self, value: Value) -> Size | None:
        self.spend(1)
        if not isinstance(value, tuple):
            assert value is None or isinstance(value, Size)
            return value
        total = Size(1)
        for part in value:
            size = self._size(part)
            if size is None:
                return None
            total += size
            self.spend(len(total.parts))
        return total

    def _take(self, size: Size | None) -> None:
        if size is None:
            raise NotKnown
        self.taken += size
        self.spend(len(self.taken.parts))

    def constant(self, _type: Type, value: Any) -> Value:
        return Size(weight(value))

    def field(self, record: Value, _position: int, type_: Type) -> Value:
        return self.unclear(type_, record)

    def unclear(self, type_: Type, *_sources: Value) -> Value:
        fixed = fixed_weight(type_)
        return None if fixed is None else Size(fixed)

    def payload(self, variant: Value, type_: Type) -> Value:
        fixed = fixed_weight(type_)
        return self._size(variant) if fixed is None else Size(fixed)

    def join(self, left: Value, right: Value, _condition: Value) -> Value:
        one, other = self._size(left), self._size(right)
        return None if one is None or other is None else one.most(other)

    def primitive(self, row: PrimitiveOperation, operands: tuple[Value, ...], sized: bool, type_: Type) -> Value:
        total: Size | None = Size(0)
        for operand in operands:
            size = self._size(operand)
            total = None if size is None or total is None else total + size
        if sized:
            if row.charge not in _CHARGED_BY_WEIGHT and row.name != "collect":
                raise NotKnown
            self._take(total)
        fixed = fixed_weight(type_)
        if fixed is not None:
            return Size(fixed)
        if total is None or row.name not in _TWICE | _ONCE:
            return None
        return total.times(2 if row.name in _TWICE else 1) + Size(2)

    def element(self, _frame: Open, _items: Type, element: Type) -> Value:
        self._before[len(self._open)] = (self._parts, self.taken)
        self.taken = Size(0)
        return self.parts_of(element)

    def ended(self, frame: Open, result: Value, cost: int, _type: Type) -> Value:
        first, before = self._before.pop(len(self._open))
        body, self.taken = self.taken, before
        items = self._size(frame.items)
        if items is None:
            raise NotKnown
        entered = self._type_of_items()
        least = least_weight(entered.element) if isinstance(entered, List) else _least_entry(entered)
        count = items.share(least)
        # An entry of a map weighs one more as a pair than its key and its value do in the map.
        parts = items if isinstance(entered, List) else items + count
        rounds = self._summed(body, first, count, parts)
        if rounds is None:
            raise NotKnown
        self._take(rounds + count.times(cost))
        if frame.op != Op.MAP:
            return Size(1)
        size = Size(0) if result is None else self._size(result)
        made = None if size is None else self._summed(size, first, count, parts)
        return None if made is None else made + items + Size(1)

    def _summed(self, size: Size, first: int, count: Size, parts: Size) -> Size | None:
        """The sum over all elements of a loop of what is bounded by a size for each."""
        if any(part <= first for part in size.parts):
            return None  # something from around the loop, once for each element: that multiplies
        return count.times(size.units) + parts.times(max(size.parts.values(), default=0))

    def _type_of_items(self) -> List | Map:
        assert self._code is not None
        start = self._code.steps[self._at][1] - 1
        pair = self._code.registers[start - 1] if start else self._code.domain
        assert isinstance(pair, Record)
        items = pair.fields[1][1]
        assert isinstance(items, List | Map)
        return items

    def call(self, index: int, argument: Value, _type: Type) -> Value:
        # What the function costs without its loops is part of what the caller costs.
        return self.follow(self._functions[index], argument)


def _least_entry(type_: Map) -> int:
    return least_weight(type_.key) + least_weight(type_.value)
