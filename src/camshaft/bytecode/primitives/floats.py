"""Operations on floats: those of IEEE 754 with one right answer on every platform and in every version of Python.

There is no NaN. Where IEEE gives one (`inf - inf`, `0 * inf`), the operation traps with `ValueError`, as Python's own
`math.sqrt(-1)` does. So equality is an equivalence, order is total, and no value has two encodings. A power of floats
is not offered (libraries differ in the last bit), nor is `sum` (versions of Python differ): `float_sum` is `math.fsum`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final

from camshaft.bytecode.primitives.table import NEW_OBJECT, Charge, PrimitiveOperation, row
from camshaft.errors import BadValue, DividedByZero, TooLarge
from camshaft.values.types import BOOL, FLOAT, INT, STR, WIDE, List


def number(value: float) -> float:
    """The value itself, where it is a number.

    Raises:
        BadValue: it is what IEEE calls not a number.
    """
    if value != value:
        raise BadValue("the result is not a number: infinities have no difference, no remainder, no product with zero")
    return value


def _checked(operation: Callable[[float, float], float]) -> Callable[[float, float], float]:
    return lambda left, right: number(operation(left, right))


def _divided(operation: Callable[[float, float], float]) -> Callable[[float, float], float]:
    def divide(left: float, right: float) -> float:
        if right == 0:
            raise DividedByZero("division by zero")
        try:
            return number(operation(left, right))
        except OverflowError:  # of two integers
            raise TooLarge("a quotient beyond the largest float") from None

    return divide


def _to_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise TooLarge(f"an integer of {value.bit_length()} bits is beyond the largest float") from None


def _rounded(rounding: Callable[[float], int]) -> Callable[[float], int]:
    def to_int(value: float) -> int:
        if math.isinf(value):
            raise TooLarge("an infinity is no integer")
        return rounding(value)

    return to_int


def _round_to(value: float, digits: int) -> float:
    try:
        return round(value, digits)
    except OverflowError:
        raise TooLarge("the rounded value is beyond the largest float") from None


def _root(value: float) -> float:
    if value < 0:
        raise BadValue("a negative number has no square root")
    return math.sqrt(value)


def _read(text: str) -> float:
    if not text.isascii():
        raise BadValue("a text that is not ASCII is no number")
    try:
        return number(float(text))
    except ValueError:
        raise BadValue(f"{text[:60]!r} is no number") from None


def _sum(values: list[float]) -> float:
    try:
        return math.fsum(values)
    except OverflowError:
        raise TooLarge("a sum beyond the largest float on the way") from None
    except ValueError:
        raise BadValue("infinities of both signs have no sum") from None


_BINARY: Final = ((FLOAT, FLOAT), FLOAT)
_UNARY: Final = ((FLOAT,), FLOAT)
_TO_INT: Final = ((FLOAT,), INT)
_TRAP: Final = ("ValueError",)
_DIVISION: Final = ("ValueError", "ZeroDivisionError")

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(157, "float_add", "the sum", _checked(operator.add), _BINARY, traps=_TRAP),
    row(158, "float_subtract", "the difference", _checked(operator.sub), _BINARY, traps=_TRAP),
    row(159, "float_multiply", "the product", _checked(operator.mul), _BINARY, traps=_TRAP),
    row(160, "float_divide", "the quotient", _divided(operator.truediv), _BINARY, traps=_DIVISION),
    row(
        161,
        "float_floor_divide",
        "the quotient, rounded towards minus infinity",
        _divided(operator.floordiv),
        _BINARY,
        traps=_DIVISION,
        cost=2,
    ),
    row(
        162,
        "float_modulo",
        "the remainder, with the sign of the divisor",
        _divided(operator.mod),
        _BINARY,
        traps=_DIVISION,
        cost=2,
    ),
    row(163, "float_negate", "the negative, of zero too", operator.neg, _UNARY),
    row(164, "float_absolute", "the magnitude", abs, _UNARY),
    row(
        165,
        "true_divide",
        "the float that is nearest to the quotient of two integers",
        _divided(operator.truediv),
        ((WIDE, WIDE), FLOAT),
        traps=("OverflowError", "ZeroDivisionError"),
        cost=20,
    ),
    row(
        166,
        "int_to_float",
        "the float that is nearest to an integer, of two the even one",
        _to_float,
        ((WIDE,), FLOAT),
        traps=("OverflowError",),
    ),
    *(
        row(
            opcode,
            name,
            f"the integer {how}",
            _rounded(rounding),
            _TO_INT,
            traps=("OverflowError",),
            cost=2,
        )
        for opcode, name, how, rounding in (
            (167, "float_truncate", "next to a float towards zero", math.trunc),
            (168, "float_floor", "next to a float towards minus infinity", math.floor),
            (169, "float_ceiling", "next to a float towards infinity", math.ceil),
            (170, "float_round", "nearest to a float, of two the even one", round),
        )
    ),
    row(
        171,
        "float_round_to",
        "the float nearest to the first, rounded to so many decimal digits after the point, half to even",
        _round_to,
        ((FLOAT, WIDE), FLOAT),
        traps=("OverflowError",),
        cost=20,
    ),
    row(172, "float_root", "the square root, correctly rounded", _root, _UNARY, traps=_TRAP, cost=2),
    row(173, "float_is_finite", "whether it is no infinity", math.isfinite, ((FLOAT,), BOOL)),
    row(174, "float_is_integer", "whether it is a whole number", float.is_integer, ((FLOAT,), BOOL)),
    row(
        175,
        "float_to_str",
        "the shortest digits that read back as the same float, as Python shows it",
        repr,
        ((FLOAT,), STR),
        cost=20,
    ),
    row(
        176,
        "str_to_float",
        "the float that is nearest to what an ASCII text shows, as Python reads it",
        _read,
        ((STR,), FLOAT),
        traps=_TRAP,
        cost=20,
        charge=Charge("length", len),
    ),
    row(
        177,
        "float_sum",
        "the sum of the elements, rounded once",
        _sum,
        ((List(FLOAT),), FLOAT),
        traps=("OverflowError", "ValueError"),
        charge=Charge(f"{NEW_OBJECT} for each element", lambda values: NEW_OBJECT * len(values)),
    ),
)
