"""Operations on bytes. Texts become bytes, and bytes texts, as UTF-8 or as hexadecimal digits."""

from __future__ import annotations

import operator
import re
from typing import Final

from camshaft.bytecode.primitives.lists import element_at
from camshaft.bytecode.primitives.table import (
    LENGTH,
    LENGTH_OF_SECOND,
    LENGTHS,
    NEW_OBJECT,
    Charge,
    PrimitiveOperation,
    row,
    sliced,
)
from camshaft.errors import BadValue
from camshaft.values.types import BOOL, BYTES, INT, STR, WIDE, List

_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})*")


def _to_str(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadValue(f"the bytes are no UTF-8: {error.reason} at byte {error.start}") from None


def _from_hex(text: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise BadValue("the text is not made of pairs of hexadecimal digits")
    return bytes.fromhex(text)


def _from_list(numbers: list[int]) -> bytes:
    try:
        return bytes(numbers)
    except (ValueError, OverflowError):
        raise BadValue("a byte is a number from 0 to 255") from None


_TEST: Final = ((BYTES, BYTES), BOOL)
_SEARCH: Final = ((BYTES, BYTES), INT)
_TRAP: Final = ("ValueError",)

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(
        178,
        "bytes_index",
        "the byte at an index, as an integer",
        element_at,
        ((BYTES, WIDE), INT),
        traps=("IndexError",),
    ),
    row(
        179,
        "bytes_slice",
        "the bytes from the second up to but without the third, by steps of the fourth; as LIST_SLICE",
        sliced,
        ((BYTES, WIDE, WIDE, WIDE), BYTES),
        traps=_TRAP,
        charge=LENGTH,
    ),
    row(180, "bytes_contains", "whether the second is a part of the first", operator.contains, _TEST, charge=LENGTHS),
    row(181, "bytes_find", "where the second first begins in the first, or -1", bytes.find, _SEARCH, charge=LENGTHS),
    row(
        182,
        "bytes_starts_with",
        "whether the first begins with the second",
        bytes.startswith,
        _TEST,
        charge=LENGTH_OF_SECOND,
    ),
    row(
        183, "bytes_ends_with", "whether the first ends with the second", bytes.endswith, _TEST, charge=LENGTH_OF_SECOND
    ),
    row(
        184,
        "bytes_repeat",
        "the bytes so many times over; none for less than one",
        lambda data, count: data * count if data and count > 0 else b"",
        ((BYTES, WIDE), BYTES),
        charge=Charge("length of the result", lambda data, count: len(data) * max(count, 0)),
    ),
    row(185, "bytes_to_list", "the bytes, each as an integer", list, ((BYTES,), List(INT)), charge=LENGTH),
    row(
        186,
        "list_to_bytes",
        "the bytes of integers from 0 to 255",
        _from_list,
        ((List(INT),), BYTES),
        traps=_TRAP,
        charge=LENGTH,
    ),
    row(
        187,
        "str_to_bytes",
        "the UTF-8 of a text",
        str.encode,
        ((STR,), BYTES),
        charge=Charge(f"{NEW_OBJECT} for each code point", lambda text: NEW_OBJECT * len(text)),
    ),
    row(188, "bytes_to_str", "the text whose UTF-8 it is", _to_str, ((BYTES,), STR), traps=_TRAP, charge=LENGTH),
    row(
        189,
        "bytes_to_hex",
        "two hexadecimal digits for each byte, in lower case",
        bytes.hex,
        ((BYTES,), STR),
        charge=Charge("2 for each byte", lambda data: 2 * len(data)),
    ),
    row(
        190,
        "hex_to_bytes",
        "the bytes that pairs of hexadecimal digits show",
        _from_hex,
        ((STR,), BYTES),
        traps=_TRAP,
        charge=LENGTH,
    ),
)
