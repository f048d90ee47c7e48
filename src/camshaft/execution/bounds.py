"""What is known of an integer while code is translated: between which numbers it lies.

An integer that is stored must not have more bits than the format allows. Most of those checks can be seen never to
fail, on one side or on both: a remainder is smaller than its divisor, and a variable that only ever grows by small
constants cannot be counted up to thousands of bits. Only the checks that are left are written into generated code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from camshaft.values.check import MAX_INT_BITS
from camshaft.values.types import INT, Type

Slot: TypeAlias = tuple[int, int]
"""A local slot: where its LOCALS stands in the code, and which one of them it is."""

CAP: Final = 2**MAX_INT_BITS - 1
"""The largest integer that may be stored."""
_SMALL_STEP: Final = 2**64
_COUNTED: Final = 2**129
"""Above all that a variable can reach in steps below 2**64: no computation takes 2**64 of them."""
_WIDE: Final = 2 ** (4 * MAX_INT_BITS)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `low` to `high`; where there is a `base`, relative to what that slot held at some time."""

    low: int
    high: int
    base: Slot | None = None

    @property
    def is_small(self) -> bool:
        return self.low > -_SMALL_STEP and self.high < _SMALL_STEP

    @property
    def excludes_zero(self) -> bool:
        return self.base is None and (self.low > 0 or self.high < 0)

    def moved(self, low: int, high: int) -> Bounds:
        """With the sum of both."""
        return Bounds(self.low + low, self.high + high, self.base)

    def absolute(self, counted: frozenset[Slot]) -> Bounds:
        """Without a base: what it can be, where those slots are only counted up and down."""
        if self.base is None:
            return self
        reach = _COUNTED if self.base in counted else CAP
        return Bounds(self.low - reach, self.high + reach)

    def joined(self, other: Bounds, counted: frozenset[Slot]) -> Bounds:
        """The smallest that covers both."""
        left, right = self, other
        if left.base != right.base:
            left, right = left.absolute(counted), right.absolute(counted)
        return Bounds(min(left.low, right.low), max(left.high, right.high), left.base)


STORED: Final = Bounds(-CAP, CAP)
UNKNOWN: Final = Bounds(-_WIDE, _WIDE)
LENGTH: Final = Bounds(0, 2**63)


def bounds_of(type_: Type) -> Bounds:
    """What is known of an integer by its type alone."""
    return STORED if type_ is INT else UNKNOWN


def counted_slots(puts: dict[Slot, list[Bounds]]) -> frozenset[Slot]:
    """The slots that every write sets to something small or to what the slot held before plus or minus such."""
    return frozenset(
        slot
        for slot, written in puts.items()
        if all(bounds.is_small and bounds.base in (None, slot) for bounds in written)
    )


def range_bounds(start: Bounds, stop: Bounds, step: Bounds) -> Bounds:
    """The elements of a range. There are fewer than 2**64, since each is charged."""
    reach = _SMALL_STEP * max(abs(step.low), abs(step.high))
    low = min(start.low, max(start.low - reach, stop.low + 1) if step.low < 0 else start.low)
    high = max(start.high, min(start.high + reach, stop.high - 1) if step.high > 0 else start.high)
    return Bounds(low, high)


def result_bounds(name: str, operands: Sequence[Bounds], counted: frozenset[Slot]) -> Bounds:
    """What an operation of the table gives, before it is checked for its size."""
    if name == "add" and operands[0].base is None:
        operands = operands[::-1]
    if name in ("add", "subtract") and operands[1].base is None:
        left, right = operands
        return left.moved(right.low, right.high) if name == "add" else left.moved(-right.high, -right.low)
    rule = _RULES.get(name)
    return UNKNOWN if rule is None else rule(*(each.absolute(counted) for each in operands))


def _add(left: Bounds, right: Bounds) -> Bounds:
    return left.moved(right.low, right.high)


def _subtract(left: Bounds, right: Bounds) -> Bounds:
    return left.moved(-right.high, -right.low)


def _multiply(left: Bounds, right: Bounds) -> Bounds:
    corners = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
    return Bounds(min(corners), max(corners))


def _modulo(_left: Bounds, right: Bounds) -> Bounds:
    # The sign is the divisor's, as in Python.
    return Bounds(min(0, right.low + 1), max(0, right.high - 1))


def _floor_divide(left: Bounds, _right: Bounds) -> Bounds:
    reach = max(abs(left.low), abs(left.high), 1)
    return Bounds(-reach, reach) if left.low < 0 else Bounds(-reach, left.high)


def _negate(of: Bounds) -> Bounds:
    return Bounds(-of.high, -of.low)


def _absolute(of: Bounds) -> Bounds:
    return Bounds(0, max(abs(of.low), abs(of.high)))


_RULES: Final[dict[str, Callable[..., Bounds]]] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "modulo": _modulo,
    "floor_divide": _floor_divide,
    "negate": _negate,
    "absolute": _absolute,
    "length": lambda _: LENGTH,
}
