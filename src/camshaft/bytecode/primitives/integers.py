"""Operations on integers and truth values."""

from __future__ import annotations

import math
import operator
from typing import Final

from camshaft.bytecode.primitives.table import PrimitiveOperation, capped, row
from camshaft.errors import BadValue, DividedByZero, TooLarge
from camshaft.values.check import MAX_INT_BITS
from camshaft.values.types import BOOL, INT, STR, WIDE


def _multiply(left: int, right: int) -> int:
    if left and right and left.bit_length() + right.bit_length() > MAX_INT_BITS + 1:
        raise TooLarge(f"a product of more than {MAX_INT_BITS} bits")
    return capped(left * right)


def _power(base: int, exponent: int) -> int:
    if exponent < 0:
        raise BadValue("a negative exponent has no integer power")
    # |base| >= 2 gives at least (bits - 1) * exponent bits: decided before anything large is computed.
    if base.bit_length() > 1 and (base.bit_length() - 1) * exponent > MAX_INT_BITS:
        raise TooLarge(f"a power of more than {MAX_INT_BITS} bits")
    return capped(base**exponent)


def _floor_divide(left: int, right: int) -> int:
    if right == 0:
        raise DividedByZero("division by zero")
    return left // right


def _modulo(left: int, right: int) -> int:
    if right == 0:
        raise DividedByZero("remainder of a division by zero")
    return left % right


def _shift_left(value: int, count: int) -> int:
    if count < 0:
        raise BadValue("a shift by less than nothing: the other direction is another operation")
    if value and value.bit_length() + count > MAX_INT_BITS:
        raise TooLarge(f"a shift to more than {MAX_INT_BITS} bits")
    return value << count if value else 0


def _shift_right(value: int, count: int) -> int:
    if count < 0:
        raise BadValue("a shift by less than nothing: the other direction is another operation")
    # No integer here has as many bits: a larger count gives the same.
    return value >> min(count, 2**31)


def _integer_root(value: int) -> int:
    if value < 0:
        raise BadValue("a negative integer has no square root")
    return math.isqrt(value)


_BINARY: Final = ((WIDE, WIDE), WIDE)
_UNARY: Final = ((WIDE,), WIDE)

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(64, "add", "the sum", operator.add, _BINARY),
    row(65, "subtract", "the difference", operator.sub, _BINARY),
    row(66, "multiply", "the product", _multiply, ((WIDE, WIDE), INT), traps=("OverflowError",), cost=2),
    row(
        67,
        "floor_divide",
        "the quotient, rounded towards minus infinity",
        _floor_divide,
        _BINARY,
        traps=("ZeroDivisionError",),
        cost=2,
    ),
    row(
        68,
        "modulo",
        "the remainder, with the sign of the divisor",
        _modulo,
        _BINARY,
        traps=("ZeroDivisionError",),
        cost=2,
    ),
    row(
        69,
        "power",
        "the first to the power of the second",
        _power,
        ((INT, INT), INT),
        traps=("OverflowError", "ValueError"),
        cost=20,
    ),
    row(70, "negate", "the negative", operator.neg, _UNARY),
    row(71, "absolute", "the magnitude", abs, _UNARY),
    row(
        72,
        "cap",
        f"the same integer, of at most {MAX_INT_BITS} bits",
        capped,
        ((WIDE,), INT),
        traps=("OverflowError",),
    ),
    row(79, "not", "the opposite", operator.not_, ((BOOL,), BOOL)),
    row(98, "int_to_str", "the decimal digits", str, ((INT,), STR), cost=20),
    row(99, "bool_to_str", "True or False", str, ((BOOL,), STR)),
    row(100, "bit_and", "the bits that both have, in two's complement", operator.and_, _BINARY),
    row(101, "bit_or", "the bits that one of them has, in two's complement", operator.or_, _BINARY),
    row(102, "bit_xor", "the bits that exactly one of them has, in two's complement", operator.xor, _BINARY),
    row(103, "bit_invert", "every bit turned over: minus the number, less one", operator.invert, _UNARY),
    row(
        104,
        "shift_left",
        "the first, times two to the power of the second",
        _shift_left,
        ((WIDE, WIDE), INT),
        traps=("OverflowError", "ValueError"),
        cost=2,
    ),
    row(
        105,
        "shift_right",
        "the first, divided by two to the power of the second and rounded towards minus infinity",
        _shift_right,
        _BINARY,
        traps=("ValueError",),
    ),
    row(106, "gcd", "the greatest common divisor; of zeros, zero", math.gcd, _BINARY, cost=20),
    row(
        107,
        "integer_root",
        "the square root, rounded down",
        _integer_root,
        _UNARY,
        traps=("ValueError",),
        cost=20,
    ),
    row(108, "bit_length", "how many bits the magnitude has", int.bit_length, ((WIDE,), INT)),
    row(109, "bit_count", "how many bits of the magnitude are set", int.bit_count, ((WIDE,), INT)),
    row(110, "bool_to_int", "1 or 0", int, ((BOOL,), INT)),
)
