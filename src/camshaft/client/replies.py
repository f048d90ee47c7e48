"""Replies of a node as JSON views.

hiredis gives a number beyond 64 bits as the text of its digits, so that only the type tells it from a text.
"""

from __future__ import annotations

import re
from typing import Any, Final, assert_never

from camshaft.values.types import (
    NONE_LABEL,
    UNIT,
    BoolType,
    BytesType,
    DurationType,
    FloatType,
    FrozenList,
    FrozenSet,
    Function,
    IntType,
    List,
    Map,
    Record,
    Set,
    StrType,
    TimeType,
    Type,
    Variant,
    WideType,
    is_tuple,
    optional_payload,
)

_FLOAT: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,3})?")


def view_of(type_: Type, reply: Any) -> Any:
    """The view of a value of this type that a reply holds. What does not fit is left for `from_view` to reject."""
    match type_:
        case IntType() | WideType():
            return int(reply) if isinstance(reply, str) and _is_number(reply) else reply
        case BoolType() | StrType() | BytesType() | TimeType() | DurationType():
            return reply
        case FloatType():
            # RESP2 has no numbers but integers.
            return float(reply) if isinstance(reply, str) and _FLOAT.fullmatch(reply) else reply
        case List() | FrozenList() | FrozenSet():
            return [view_of(type_.element, element) for element in reply] if isinstance(reply, list) else reply
        case Set():
            return [view_of(type_.element, member) for member in reply] if isinstance(reply, list) else reply
        case Map():
            return _map_view(type_, reply)
        case Record():
            return _record_view(type_, reply)
        case Variant():
            return _variant_view(type_, reply)
        case Function():
            return reply
        case _:
            assert_never(type_)


def may_hide_a_number(reply: Any) -> bool:
    """Whether a reply holds a text that could be a number beyond 64 bits."""
    match reply:
        case str():
            return len(reply) >= 19 and _is_number(reply)
        case list():
            return any(map(may_hide_a_number, reply))
        case dict():
            return any(map(may_hide_a_number, reply.values()))
        case _:
            return False


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal()


def _map_view(type_: Map, reply: Any) -> Any:
    if isinstance(reply, dict):
        return {key: view_of(type_.value, value) for key, value in reply.items()}
    if isinstance(reply, list):
        return [
            [view_of(type_.key, entry[0]), view_of(type_.value, entry[1])]
            if isinstance(entry, list) and len(entry) == 2
            else entry
            for entry in reply
        ]
    return reply


def _record_view(type_: Record, reply: Any) -> Any:
    if isinstance(reply, list) and is_tuple(type_) and len(reply) == len(type_.fields):
        return [view_of(child, part) for (_, child), part in zip(type_.fields, reply, strict=True)]
    if isinstance(reply, dict):
        known = dict(type_.fields)
        return {label: view_of(known[label], part) if label in known else part for label, part in reply.items()}
    return reply


def _variant_view(type_: Variant, reply: Any) -> Any:
    if reply is None and type_.case(NONE_LABEL) is not None:
        return None
    present = optional_payload(type_)
    if present is not None and not _is_shown_as_null(present[1]):
        return view_of(present[1], reply)
    if isinstance(reply, dict) and len(reply) == 1:
        ((label, payload),) = reply.items()
        case = type_.case(label)
        if case is not None:
            return {label: view_of(case, payload)}
    return reply


def _is_shown_as_null(payload: Type) -> bool:
    # Some value of such a type is null in the view, so that an optional of it keeps its label there.
    return payload is UNIT or (isinstance(payload, Variant) and payload.case(NONE_LABEL) is UNIT)
