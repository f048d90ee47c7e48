"""What is known of an integer while code is translated: between which numbers it lies.

An integer that is stored must not have more bits than the format allows. Most of those checks can be seen never to
fail, on one side or on both: a remainder is smaller than its divisor, and a variable that only ever grows by small
constants cannot be counted up to thousands of bits. Only the checks that are left are written into generated code.

How much there is to see depends on what may be assumed of the integers that a step finds, see `ordinary`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from camshaft.values.check import MAX_INT_BITS
from camshaft.values.types import INT, Type

Slot: TypeAlias = tuple[int, int]
"""A local slot: where its LOCALS stands in the code, and which one of them it is."""

CAP: Final = 2**MAX_INT_BITS - 1
"""The largest integer that may be stored."""
_STEPS: Final = 2**64
"""No computation takes so many: each step of one is charged."""
_WIDE: Final = 2 ** (4 * MAX_INT_BITS)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `low` to `high`; where there is a `base`, relative to what that slot held at some time."""

    low: int
    high: int
    base: Slot | None = None

    @property
    def excludes_zero(self) -> bool:
        return self.base is None and (self.low > 0 or self.high < 0)

    def moved(self, low: int, high: int) -> Bounds:
        """With the sum of both."""
        return Bounds(self.low + low, self.high + high, self.base)

    def narrowed(self, other: Bounds) -> Bounds:
        """What is left where the other is true of it too; both are without a base."""
        assert self.base is None, "what is relative to a slot says nothing by itself"
        assert other.base is None
        low, high = max(self.low, other.low), min(self.high, other.high)
        # Where nothing is left, what is asked about never runs.
        return Bounds(low, high) if low <= high else self


UNKNOWN: Final = Bounds(-_WIDE, _WIDE)
LENGTH: Final = Bounds(0, 2**63)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is taken for granted of the integers that code finds.

    `stored`: of one in a container or a field. `argument`: of one that a step is given. `step`: what a local variable
    moves by each time, to be one that is only counted up and down. `rounded`: the sides of bounds are kept in a form
    that is no more precise than the assumptions are. `stays`: whether either side of bounds says that an integer may be
    stored without a look at it, so that the assumptions go on to hold. `speculative`: whether it is seen to at run time
    that they hold; else they always do.
    """

    stored: Bounds
    argument: Bounds
    step: int
    rounded: Callable[[Bounds], Bounds] = lambda bounds: bounds
    stays: Callable[[Bounds], tuple[bool, bool]] = lambda _: (True, True)
    speculative: bool = False

    def of_type(self, type_: Type) -> Bounds:
        """What is known of an integer by its type alone."""
        return self.stored if type_ is INT else UNKNOWN


GENERAL: Final = Assumptions(Bounds(-CAP, CAP), Bounds(-CAP, CAP), 2**64)
"""What is true of every program and input."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the bounds of one piece of code are reckoned with: what is assumed, and for the slots that are only counted
    how far."""

    assumed: Assumptions
    counted: Mapping[Slot, int]

    def absolute(self, bounds: Bounds) -> Bounds:
        """Without a base: what an integer can be, where some slots are only counted up and down."""
        if bounds.base is None:
            return bounds
        reach = self.counted.get(bounds.base, CAP)
        return self.assumed.rounded(Bounds(bounds.low - reach, bounds.high + reach))

    def joined(self, one: Bounds, other: Bounds) -> Bounds:
        """The smallest that covers both."""
        if one.base != other.base:
            one, other = self.absolute(one), self.absolute(other)
        return Bounds(min(one.low, other.low), max(one.high, other.high), one.base)

    def result(self, name: str, operands: Sequence[Bounds]) -> Bounds:
        """What an operation of the table gives, before it is checked for its size."""
        if name in ELEMENTS:
            return self.assumed.stored
        if name == "add" and operands[0].base is None:
            operands = operands[::-1]
        if name in ("add", "subtract") and operands[1].base is None:
            left, right = operands
            found = left.moved(right.low, right.high) if name == "add" else left.moved(-right.high, -right.low)
            return found if found.base is not None else self.assumed.rounded(found)
        rule = _RULES.get(name)
        return UNKNOWN if rule is None else self.assumed.rounded(rule(*(self.absolute(each) for each in operands)))


ELEMENTS: Final = frozenset({"list_index", "map_index", "list_min", "list_max"})
"""The operations that give an integer out of a container."""


def counted_slots(puts: dict[Slot, list[Bounds]], assumed: Assumptions) -> dict[Slot, int]:
    """The slots that every write sets to something small or to what the slot held before plus or minus such; of each
    what is above all that it can reach."""
    counted = {}
    for slot, written in puts.items():
        most = max((max(-bounds.low, bounds.high) for bounds in written), default=0)
        if most < assumed.step and all(bounds.base in (None, slot) for bounds in written):
            counted[slot] = 2 * _STEPS * max(most, 1)
    return counted


def range_bounds(start: Bounds, stop: Bounds, step: Bounds) -> Bounds:
    """The elements of a range. There are fewer than 2**64, since each is charged."""
    reach = _STEPS * max(abs(step.low), abs(step.high))
    low = min(start.low, max(start.low - reach, stop.low + 1) if step.low < 0 else start.low)
    high = max(start.high, min(start.high + reach, stop.high - 1) if step.high > 0 else start.high)
    return Bounds(low, high)


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
