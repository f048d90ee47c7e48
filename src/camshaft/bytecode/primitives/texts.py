"""Operations on texts: sequences of code points, without surrogates.

Rule: nothing here asks Unicode's tables, which differ between versions of Python. What would have to (the case of a
letter, whether a character is a letter or a digit) has an answer for ASCII only, and traps for anything else; white
space is a list that is written down here.
"""

from __future__ import annotations

import operator
import re
import sys
from collections.abc import Callable
from typing import Any, Final

from camshaft.bytecode.primitives.lists import element_at
from camshaft.bytecode.primitives.table import (
    LENGTH,
    LENGTH_OF_SECOND,
    LENGTHS,
    NEW_OBJECT,
    Charge,
    PrimitiveOperation,
    capped,
    row,
    sliced,
)
from camshaft.errors import BadValue
from camshaft.values.types import BOOL, INT, STR, WIDE, List

WHITE_SPACE: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""What `str.strip()` and `str.split()` take for white space; Unicode has not changed it since 2013."""
MAX_DIGITS: Final = 4_300
"""The longest text that is read as an integer; CPython's own limit, unless somebody changes it there."""

_WORD: Final = re.compile(f"[^{re.escape(WHITE_SPACE)}]+")
_MANY: Final = 64


def _bounded(count: int) -> int:
    """A count as CPython takes it: no text is as long as its largest."""
    return max(-1, min(count, sys.maxsize))


def _split(text: str, separator: str, most: int) -> list[str]:
    if not separator:
        raise BadValue("an empty text separates nothing")
    return text.split(separator, _bounded(most))


def _split_charge(text: str, separator: str, _: int) -> int:
    return len(text) + NEW_OBJECT * (text.count(separator) + 1 if separator else 0)


def _stripped(left: bool, right: bool) -> Callable[[str, str], str]:
    def strip(text: str, characters: str) -> str:
        # CPython compares each code point with each of the characters; a set keeps the time within the charge.
        members = characters if len(characters) <= _MANY else frozenset(characters)
        start, stop = 0, len(text)
        while left and start < stop and text[start] in members:
            start += 1
        while right and stop > start and text[stop - 1] in members:
            stop -= 1
        return text[start:stop]

    return strip


def _replaced_charge(text: str, old: str, new: str) -> int:
    # The most that can be replaced, so that looking for it need not be done twice.
    return len(text) + len(new) * (len(text) // len(old) if old else len(text) + 1)


def _repeated(text: str, count: int) -> str:
    return text * count if text and count > 0 else ""


def _of_ascii(what: str, meaning: Callable[[str], Any]) -> Callable[[str], Any]:
    def of_ascii(text: str) -> Any:
        if not text.isascii():
            raise BadValue(f"{what} is decided for ASCII only: Unicode's tables differ between versions of Python")
        return meaning(text)

    return of_ascii


def _to_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise BadValue(f"a text of {len(text)} characters is no integer; at most {MAX_DIGITS} are read")
    if not text.isascii():
        raise BadValue("a text that is not ASCII is no integer")
    try:
        value = int(text)
    except ValueError:
        raise BadValue(f"{_shown(text)} is no integer") from None
    return capped(value)


def _code_point(text: str) -> int:
    if len(text) != 1:
        raise BadValue(f"a text of {len(text)} code points is not one character")
    return ord(text)


def _character(number: int) -> str:
    if not 0 <= number < 0x110000 or 0xD800 <= number < 0xE000:
        raise BadValue("no character has this number" if number.bit_length() > 64 else f"no character is {number}")
    return chr(number)


def _padded(method: Callable[[str, int, str], str]) -> Callable[[str, int, str], str]:
    def pad(text: str, width: int, fill: str) -> str:
        if len(fill) != 1:
            raise BadValue(f"a text is filled up with one character, not with {len(fill)}")
        return method(text, _bounded(width), fill)

    return pad


def _shown(text: str) -> str:
    return repr(text) if len(text) <= 60 else f"{text[:59]!r}…"


_SEARCH: Final = ((STR, STR), INT)
_TEST: Final = ((STR, STR), BOOL)
_PAD: Final = ((STR, WIDE, STR), STR)
_STRIP: Final = ((STR, STR), STR)
_RESULT: Final = Charge("length of the result", lambda text, count: len(text) * max(count, 0))
_PADDED: Final = Charge("length, or the width where that is more", lambda text, width, *_: max(len(text), width))
_TRAP: Final = ("ValueError",)

ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(96, "str_index", "the code point at an index", element_at, ((STR, WIDE), STR), traps=("IndexError",)),
    row(97, "str_contains", "whether the second is a part of the first", operator.contains, _TEST, charge=LENGTHS),
    row(
        111,
        "str_slice",
        "the code points from the second up to but without the third, by steps of the fourth; as LIST_SLICE",
        sliced,
        ((STR, WIDE, WIDE, WIDE), STR),
        traps=_TRAP,
        charge=LENGTH,
    ),
    row(112, "str_find", "where the second first begins in the first, or -1", str.find, _SEARCH, charge=LENGTHS),
    row(113, "str_rfind", "where the second last begins in the first, or -1", str.rfind, _SEARCH, charge=LENGTHS),
    row(
        114,
        "str_count",
        "how often the second is in the first, without overlaps; an empty text, once more than there are code points",
        str.count,
        _SEARCH,
        charge=LENGTHS,
    ),
    row(
        115,
        "str_starts_with",
        "whether the first begins with the second",
        str.startswith,
        _TEST,
        charge=LENGTH_OF_SECOND,
    ),
    row(116, "str_ends_with", "whether the first ends with the second", str.endswith, _TEST, charge=LENGTH_OF_SECOND),
    row(
        117,
        "str_split",
        "what is between the first so many separators, and the rest; all of them where the third is negative",
        _split,
        ((STR, STR, WIDE), List(STR)),
        traps=_TRAP,
        charge=Charge(f"length, and {NEW_OBJECT} for each part there can be", _split_charge),
    ),
    row(
        118,
        "str_split_words",
        "what is between runs of white space, without empty texts",
        _WORD.findall,
        ((STR,), List(STR)),
        charge=Charge("3 for each code point", lambda text: 3 * len(text)),
    ),
    row(
        119,
        "str_join",
        "the texts of a list, with the first between each two",
        str.join,
        ((STR, List(STR)), STR),
        charge=Charge(
            "length of the first and one for each element, and lengths of the elements",
            lambda separator, parts: (len(separator) + 1) * len(parts) + sum(map(len, parts)),
        ),
    ),
    row(
        120,
        "str_strip",
        "the text without code points of the second at its ends",
        _stripped(True, True),
        _STRIP,
        charge=LENGTHS,
    ),
    row(
        121,
        "str_strip_left",
        "the text without code points of the second at its beginning",
        _stripped(True, False),
        _STRIP,
        charge=LENGTHS,
    ),
    row(
        122,
        "str_strip_right",
        "the text without code points of the second at its end",
        _stripped(False, True),
        _STRIP,
        charge=LENGTHS,
    ),
    row(
        123,
        "str_replace",
        "the third in place of each second in the first, from the left; of an empty one, around each code point",
        str.replace,
        ((STR, STR, STR), STR),
        charge=Charge("length, and the longest that replacements can be", _replaced_charge),
    ),
    row(
        124,
        "str_repeat",
        "the text so many times over; empty for less than one",
        _repeated,
        ((STR, WIDE), STR),
        charge=_RESULT,
    ),
    row(
        125,
        "str_upper",
        "the text in upper case, of ASCII only",
        _of_ascii("upper case", str.upper),
        ((STR,), STR),
        traps=_TRAP,
        charge=LENGTH,
    ),
    row(
        126,
        "str_lower",
        "the text in lower case, of ASCII only",
        _of_ascii("lower case", str.lower),
        ((STR,), STR),
        traps=_TRAP,
        charge=LENGTH,
    ),
    row(127, "str_is_ascii", "whether all code points are below 128", str.isascii, ((STR,), BOOL)),
    row(
        128,
        "str_is_space",
        "whether there are code points, all of them white space",
        lambda text: bool(text) and not text.strip(WHITE_SPACE),
        ((STR,), BOOL),
        charge=LENGTH,
    ),
    *(
        row(
            opcode,
            name,
            f"whether there are code points, all of them {what}; of ASCII only",
            _of_ascii(f"whether characters are {what}", meaning),
            ((STR,), BOOL),
            traps=_TRAP,
            charge=LENGTH,
        )
        for opcode, name, what, meaning in (
            (129, "str_is_digit", "digits", str.isdigit),
            (130, "str_is_alpha", "letters", str.isalpha),
            (131, "str_is_alnum", "letters or digits", str.isalnum),
        )
    ),
    row(
        132,
        "str_to_int",
        "the integer that an ASCII text shows: digits, single _ between them, a sign, white space around",
        _to_int,
        ((STR,), INT),
        traps=("OverflowError", "ValueError"),
        cost=20,
        charge=LENGTH,
    ),
    row(133, "str_to_code_point", "the number of the only code point", _code_point, ((STR,), INT), traps=_TRAP),
    row(134, "code_point_to_str", "the text of one code point", _character, ((WIDE,), STR), traps=_TRAP),
    row(
        135,
        "str_zero_fill",
        "the text with zeros after its sign, up to a width",
        lambda text, width: text.zfill(_bounded(width)),
        ((STR, WIDE), STR),
        charge=_PADDED,
    ),
    row(
        136,
        "str_pad_right",
        "the text with the third after it, up to a width",
        _padded(str.ljust),
        _PAD,
        traps=_TRAP,
        charge=_PADDED,
    ),
    row(
        137,
        "str_pad_left",
        "the text with the third before it, up to a width",
        _padded(str.rjust),
        _PAD,
        traps=_TRAP,
        charge=_PADDED,
    ),
    row(
        138,
        "str_center",
        "the text with the third around it, up to a width: an odd one on the left where the width is odd",
        _padded(str.center),
        _PAD,
        traps=_TRAP,
        charge=_PADDED,
    ),
    row(
        139,
        "str_characters",
        "the code points, each as a text",
        list,
        ((STR,), List(STR)),
        charge=Charge(f"{NEW_OBJECT} for each code point", lambda text: NEW_OBJECT * len(text)),
    ),
)
