"""Values as texts of a given width, sign, base or precision: what Python's `format` gives, where it has one right
answer in every version and locale.

Rule: a specification is checked against the grammar here before Python sees it, so that what a newer Python learns to
read is not read by accident. Digits of floats are those of the correctly rounded value, as IEEE 754 has it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from camshaft.bytecode.primitives.table import Charge, PrimitiveOperation, row
from camshaft.errors import BadValue
from camshaft.values.types import FLOAT, INT, STR, Type

WIDEST: Final = 1_000
"""The largest width, and the largest precision."""

_SPECIFICATION: Final = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ])?(?P<base>#)?(?P<zeros>0)?(?P<width>[1-9][0-9]{0,3})?"
    r"(?P<groups>[,_])?(?:\.(?P<precision>0|[1-9][0-9]{0,3}))?(?P<kind>[bdeEfFgGosxX%])?",
    re.DOTALL,
)


def why_not_format(type_: Type, specification: str) -> str:
    """Why values of a type, which is Int, Str or Float, have no such format, "" where they have."""
    found = _SPECIFICATION.fullmatch(specification)
    if found is None:
        return "it is not of the form [[fill]align][sign][#][0][width][, or _][.precision][kind]"
    part = found.groupdict()
    if any(int(part[name] or 0) > WIDEST for name in ("width", "precision")):
        return f"the width and the precision are at most {WIDEST}"
    kind = part["kind"] or ""
    if type_ is INT:
        based = kind in ("b", "o", "x", "X")
        if kind not in ("", "d") and not based:
            return f"integers have the kinds b, d, o, x and X, not {kind}"
        if part["precision"] is not None:
            return "integers have no precision"
        if part["base"] and not based:
            return "`#` shows the base, which only b, o, x and X have"
        return "`,` separates decimal digits only: write `_`" if part["groups"] == "," and based else ""
    if type_ is FLOAT:
        if kind not in ("", "e", "E", "f", "F", "g", "G", "%"):
            return f"floats have the kinds e, f, g and %, not {kind}"
        return "`#` is for integers" if part["base"] else ""
    if kind not in ("", "s"):
        return f"texts have the kind s, not {kind}"
    numeric = [one for one in (part["sign"], part["base"], part["zeros"], part["groups"]) if one]
    if numeric or part["align"] == "=":
        return f"`{(numeric or ['='])[0]}` is for numbers"
    return ""


def _type_of(value: Any) -> Type:
    return STR if isinstance(value, str) else FLOAT if isinstance(value, float) else INT


def _formatted(value: Any, specification: str) -> str:
    reason = why_not_format(_type_of(value), specification)
    if reason:
        raise BadValue(f"no such format: {reason}")
    return format(value, specification)


def _size(value: Any, specification: str) -> int:
    found = _SPECIFICATION.fullmatch(specification)
    asked = sum(int(found[name] or 0) for name in ("width", "precision")) if found is not None else 0
    if isinstance(value, str):
        return asked + len(value)
    return asked + (400 if isinstance(value, float) else value.bit_length())


ROWS: Final[tuple[PrimitiveOperation, ...]] = (
    row(
        221,
        "format",
        "the first as a text, as the second specifies: [[fill]align][sign][#][0][width][, or _][.precision][kind]",
        _formatted,
        ((INT, STR), STR),
        ((STR, STR), STR),
        ((FLOAT, STR), STR),
        traps=("ValueError",),
        cost=20,
        charge=Charge("width, precision, and the code points of a text, the bits of an integer or 400", _size),
    ),
)
