"""A row of the table of primitive operations, and what the rows of all kinds share: patterns, charges.

Rule: what is charged for an operation is computed before it runs, and in time that the charge itself covers or in
time linear in operands that were paid for when they were made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from camshaft.bytecode.patterns import Hole, ListOf, MapOf, Pattern, SetOf, Signature
from camshaft.errors import BadValue, TooLarge
from camshaft.values.check import MAX_INT_BITS, weight
from camshaft.values.types import (
    BYTES,
    DURATION,
    FLOAT,
    INT,
    STR,
    TIME,
    FrozenList,
    List,
    Record,
    Type,
    is_key,
    is_tuple,
)


@dataclass(frozen=True, slots=True)
class Charge:
    """What an operation is charged for the sizes of its operands: in words, and computed from them."""

    words: str
    of: Callable[..., int]


@dataclass(frozen=True, slots=True)
class PrimitiveOperation:
    """A row of the table. `cost` is in units of fuel; `charge` comes on top, when it runs.

    Where all operands are of types whose values are of much the same size, the number of nodes of those types is part
    of the static cost instead.
    """

    opcode: int
    name: str
    summary: str
    meaning: Callable[..., Any]
    signatures: tuple[Signature, ...]
    """The first that fits counts."""
    traps: frozenset[str]
    cost: int
    charge: Charge | None

    @property
    def arity(self) -> int:
        return len(self.signatures[0].operands)

    @property
    def makes_list(self) -> bool:
        """Whether the result can be large where no operand is."""
        return self.name == "range"

    def result_type(self, operands: tuple[Type, ...]) -> Type | None:
        """The result's type for these operands, or None where no signature fits."""
        for signature in self.signatures:
            result = signature.apply(operands)
            if result is not None:
                return result
        return None


def row(
    opcode: int,
    name: str,
    summary: str,
    meaning: Callable[..., Any],
    *signatures: tuple[tuple[Pattern, ...], Pattern],
    traps: tuple[str, ...] = (),
    cost: int = 1,
    charge: Charge | None = None,
) -> PrimitiveOperation:
    """A row of the table, as the files of each kind write it."""
    patterns = tuple(Signature(*each) for each in signatures)
    return PrimitiveOperation(opcode, name, summary, meaning, patterns, frozenset(traps), cost, charge)


# ---- patterns --------------------------------------------------------------------------------------------------------


def is_ordered(type_: Type) -> bool:
    """Whether `<` has an answer for a type: numbers, texts, bytes, times, and tuples and lists of such."""
    if isinstance(type_, List | FrozenList):
        return is_ordered(type_.element)
    if isinstance(type_, Record):
        return is_tuple(type_) and all(is_ordered(child) for _, child in type_.fields)
    return type_ in _ORDERED


_ORDERED: Final = frozenset({INT, FLOAT, STR, BYTES, TIME, DURATION})

ANY: Final = Hole("t")
OTHER: Final = Hole("u")
THIRD: Final = Hole("w")
KEY: Final = Hole("k", is_key)
VALUE: Final = Hole("v")
ORDERED: Final = Hole("o", is_ordered)
ORDERED_KEY: Final = Hole("m", lambda type_: is_key(type_) and is_ordered(type_))
LIST: Final = ListOf(ANY)
ORDERED_LIST: Final = ListOf(ORDERED)
MAP: Final = MapOf(KEY, VALUE)
SET: Final = SetOf(KEY)


# ---- charges ---------------------------------------------------------------------------------------------------------

NEW_OBJECT: Final = 4
"""Units for an element of a list that is an object which does not exist yet."""


def _both_weights(left: Any, right: Any) -> int:
    return weight(left) + weight(right)


WEIGHTS: Final = Charge("weights", _both_weights)
WEIGHT: Final = Charge("weight", weight)
LENGTH: Final = Charge("length", lambda items, *_: len(items))
LENGTHS: Final = Charge("lengths", lambda left, right: len(left) + len(right))
LENGTH_OF_SECOND: Final = Charge("length of the second", lambda _, second: len(second))


# ---- checks ----------------------------------------------------------------------------------------------------------


def capped(value: int) -> int:
    """The value itself, where it may be stored.

    Raises:
        TooLarge: it has too many bits.
    """
    if value.bit_length() > MAX_INT_BITS:
        raise TooLarge(f"an integer of {value.bit_length()} bits; at most {MAX_INT_BITS} are allowed")
    return value


def sliced(items: Any, start: int, stop: int, step: int) -> Any:
    """`items[start:stop:step]`. A bound that is left out is written as one beyond every index.

    Raises:
        BadValue: the step is zero.
    """
    if step == 0:
        raise BadValue("a slice cannot have a step of zero")
    return items[start:stop:step]
