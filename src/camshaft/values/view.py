"""The JSON view of values: how people and other programs see and write them.

Int, Bool and Str are themselves; a Float is a number, the infinities "inf" and "-inf"; Bytes are a text of hexadecimal
digits; a Time and a Duration are ISO 8601 texts; unit is null; a tuple is an array, any other record an object; a list
is an array, and so is a set, in the order of its members' canonical bytes; a map with text keys is an object, any other
an array of [key, value]; a case of a variant whose cases are all of unit is its label; the absent case of any other is
null, the other case of an optional is its payload, and any other case is an object of one member, {label: payload}.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final, NoReturn, assert_never

import msgspec

from camshaft.errors import Rejected
from camshaft.values.check import MAX_INT_BITS, is_text
from camshaft.values.codec import members
from camshaft.values.times import read_duration, read_time, show_duration, show_time
from camshaft.values.type_words import show
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

_json_encoder: Final = msgspec.json.Encoder()
# 4,096 bits have 1,233 digits; CPython itself refuses to read more than 4,300.
_MAX_DIGITS: Final = 1_300
_EXACT: Final = 2**53
"""Up to here every integer is a float."""
_SHORT: Final = 60
"""The most characters of a text that is shown again."""
_INFINITIES: Final = ("inf", "-inf")
_FLOAT: Final = re.compile(r"-?[0-9]{1,1300}(?:\.[0-9]{1,1300})?(?:[eE][+-]?[0-9]{1,9})?")
_PLAIN: Final = (StrType, FloatType, BytesType, TimeType, DurationType)
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})*")


def to_view(type_: Type, value: Any) -> Any:  # noqa: C901 - one case for each kind of type
    """A value as an object that JSON can hold."""
    match type_:
        case IntType() | WideType() | BoolType() | StrType():
            return value
        case FloatType():
            return value if math.isfinite(value) else str(value)
        case BytesType():
            return value.hex()
        case TimeType():
            return show_time(value)
        case DurationType():
            return show_duration(value)
        case List() | FrozenList() | FrozenSet():
            return [to_view(type_.element, element) for element in value]
        case Set():
            return [to_view(type_.element, member) for member in members(value)]
        case Map():
            if isinstance(type_.key, StrType):
                return {key: to_view(type_.value, entry) for key, entry in value.items()}
            return [[to_view(type_.key, key), to_view(type_.value, entry)] for key, entry in value.items()]
        case Record():
            if type_ is UNIT:
                return None
            parts = [to_view(child, part) for (_, child), part in zip(type_.fields, value, strict=True)]
            if is_tuple(type_):
                return parts
            return {label: part for (label, _), part in zip(type_.fields, parts, strict=True)}
        case Variant():
            label, payload = value
            payload_type = type_.case(label)
            assert payload_type is not None
            if label == NONE_LABEL and payload_type is UNIT:
                return None
            if is_enumeration(type_):
                return label
            view = to_view(payload_type, payload)
            return view if _is_bare(type_) else {label: view}
        case Function():
            raise AssertionError("a function never leaves a step, so it has no view")
        case _:
            assert_never(type_)


def from_view(type_: Type, view: Any, path: str = "$") -> Any:  # noqa: C901 - one case for each kind of type
    """The value of a storable type that a view shows; `path` is where it stands, for the error.

    Raises:
        Rejected: the view is not one of this type's.
    """
    match type_:
        case IntType():
            return _checked_int(view, path) if type(view) is int else _mismatch(type_, view, path)
        case BoolType():
            return view if type(view) is bool else _mismatch(type_, view, path)
        case StrType():
            return view if type(view) is str and is_text(view) else _mismatch(type_, view, path)
        case FloatType():
            return _float_from_view(type_, view, path)
        case BytesType() | TimeType() | DurationType():
            value = _READERS[type(type_)](view) if type(view) is str else None
            return _mismatch(type_, view, path) if value is None else value
        case List():
            if type(view) is not list:
                _mismatch(type_, view, path)
            return [from_view(type_.element, element, f"{path}[{index}]") for index, element in enumerate(view)]
        case Set():
            return _set_from_view(type_, view, path)
        case FrozenList():
            return tuple(from_view(List(type_.element), view, path))
        case FrozenSet():
            return tuple(members(_set_from_view(type_, view, path)))
        case Map():
            return _map_from_view(type_, view, path)
        case Record():
            return _record_from_view(type_, view, path)
        case Variant():
            return _variant_from_view(type_, view, path)
        case WideType() | Function():
            _mismatch(type_, view, path)
        case _:
            assert_never(type_)


def from_text(type_: Type, text: str, path: str = "$") -> Any:
    """The value that a person typed: anything without parts, or one of a few names, as plain text; the rest as JSON.

    Raises:
        Rejected: the text is not one of this type's.
    """
    match type_:
        case IntType():
            digits = text[1:] if text[:1] in {"-", "+"} else text
            if not (digits.isascii() and digits.isdigit()):
                _mismatch(type_, text, path)
            if len(digits) > _MAX_DIGITS:
                raise Rejected(f"{path}: an integer of {len(digits)} digits is too large; at most {MAX_INT_BITS} bits")
            return _checked_int(int(text), path)
        case BoolType():
            if text not in {"true", "false"}:
                raise Rejected(f"{path}: expected bool (true or false), got {_shown(text)}")
            return text == "true"
        case StrType():
            return text
        case FloatType():
            is_number = _FLOAT.fullmatch(text) and text not in _INFINITIES
            return from_view(type_, float(text) if is_number else text, path)
        case BytesType() | TimeType() | DurationType():
            return from_view(type_, text, path)
        case Variant() if is_enumeration(type_):
            return from_view(type_, text, path)
        case _:
            return from_json(type_, text, path)


def to_text(type_: Type, value: Any) -> str:
    """A value as `from_text` reads it: without the quotes that its view has as JSON."""
    view = to_view(type_, value)
    return (
        view
        if isinstance(view, str) and (isinstance(type_, _PLAIN) or is_enumeration(type_))
        else to_json(type_, value)
    )


def to_json(type_: Type, value: Any) -> str:
    """A value's view as JSON text."""
    return _json_encoder.encode(to_view(type_, value)).decode()


def from_json(type_: Type, text: str | bytes, path: str = "$") -> Any:
    """The value that a JSON text shows.

    Raises:
        Rejected: it is not JSON, or not a view of this type.
    """
    try:
        view = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError) as error:
        reason = _how_to_quote(type_, text) or str(error)
        raise Rejected(f"{path}: expected {show(type_)} as JSON, but {_shown(text)} is not JSON: {reason}") from None
    except RecursionError:
        raise Rejected(f"{path}: the JSON text nests too deep") from None
    return from_view(type_, view, path)


def _how_to_quote(type_: Type, text: str | bytes) -> str:
    """What to write where a short text would be of the type, had it its quotes: most forget them of a `str | None`."""
    if isinstance(text, bytes) or len(text) > _SHORT:
        return ""
    try:
        from_view(type_, text)
    except Rejected:
        return ""
    return f"a text is written with its quotes, {_json_encoder.encode(text).decode()}"


def _float_from_view(type_: Type, view: Any, path: str) -> float:
    if type(view) is float and math.isfinite(view):
        return view
    if type(view) is int and abs(view) <= _EXACT:
        return float(view)  # JSON of other languages writes 2.0 as 2
    if type(view) is str and view in _INFINITIES:
        return float(view)
    _mismatch(type_, view, path)


def _read_bytes(text: str) -> bytes | None:
    return bytes.fromhex(text) if _HEX.fullmatch(text) else None


_READERS: Final[dict[type, Callable[[str], Any]]] = {
    BytesType: _read_bytes,
    TimeType: read_time,
    DurationType: read_duration,
}


def _is_bare(type_: Variant) -> bool:
    """Whether the present case of this variant is shown as its payload alone: an optional whose payload is never
    shown as null."""
    present = optional_payload(type_)
    if present is None:
        return False
    payload = present[1]
    return payload is not UNIT and not (isinstance(payload, Variant) and payload.case(NONE_LABEL) is UNIT)


def _map_from_view(type_: Map, view: Any, path: str) -> dict[Any, Any]:
    if isinstance(type_.key, StrType):
        if type(view) is not dict:
            _mismatch(type_, view, path)
        return {
            from_view(type_.key, key, f"{path}.key"): from_view(type_.value, entry, f"{path}[{key!r}]")
            for key, entry in view.items()
        }
    if type(view) is not list or not all(type(entry) is list and len(entry) == 2 for entry in view):
        _mismatch(type_, view, path)
    result = {}
    for index, (key, entry) in enumerate(view):
        inner = f"{path}[{index}]"
        key_value = from_view(type_.key, key, f"{inner}.key")
        if key_value in result:
            raise Rejected(f"{inner}: the key {_shown(key)} is there twice")
        result[key_value] = from_view(type_.value, entry, f"{inner}.value")
    return result


def _set_from_view(type_: Set | FrozenSet, view: Any, path: str) -> dict[Any, Any]:
    if type(view) is not list:
        _mismatch(type_, view, path)
    result: dict[Any, Any] = {}
    for index, part in enumerate(view):
        member = from_view(type_.element, part, f"{path}[{index}]")
        if member in result:
            raise Rejected(f"{path}[{index}]: the member {_shown(part)} is there twice")
        result[member] = ()
    return result


def _record_from_view(type_: Record, view: Any, path: str) -> tuple[Any, ...]:
    if type_ is UNIT:
        return () if view is None else _mismatch(type_, view, path)
    if is_tuple(type_):
        if type(view) is not list or len(view) != len(type_.fields):
            _mismatch(type_, view, path)
        return tuple(
            from_view(child, part, f"{path}[{label}]") for (label, child), part in zip(type_.fields, view, strict=True)
        )
    if type(view) is not dict:
        _mismatch(type_, view, path)
    unknown = [label for label in view if label not in type_.positions]
    missing = [label for label, _ in type_.fields if label not in view]
    if unknown or missing:
        problems = [f"has no field {_shown(label)}" for label in unknown] + [f"needs the field {m!r}" for m in missing]
        raise Rejected(f"{path}: {show(type_)} {' and '.join(problems)}")
    return tuple(from_view(child, view[label], f"{path}.{label}") for label, child in type_.fields)


def _variant_from_view(type_: Variant, view: Any, path: str) -> tuple[str, Any]:
    if view is None and type_.case(NONE_LABEL) is UNIT:
        return (NONE_LABEL, ())
    if is_enumeration(type_):
        if type(view) is not str or view not in type_.positions:
            raise Rejected(f"{path}: expected one of {_shown_names(type_)}, got {_shown(view)}")
        return (type_.cases[type_.positions[view]][0], ())
    if _is_bare(type_):
        present = optional_payload(type_)
        assert present is not None
        return (present[0], from_view(present[1], view, path))
    if type(view) is dict and len(view) == 1:
        (label, payload_view), *_ = view.items()
        payload = type_.case(label)
        if payload is not None:
            # The type's own label, so that every value of it shares one string.
            return (type_.cases[type_.positions[label]][0], from_view(payload, payload_view, f"{path}.{label}"))
    _mismatch(type_, view, path)


def _checked_int(value: int, path: str) -> int:
    if value.bit_length() > MAX_INT_BITS:
        raise Rejected(f"{path}: an integer has {value.bit_length()} bits; at most {MAX_INT_BITS} are allowed")
    return value


def _shown_names(type_: Variant) -> str:
    text = ", ".join(label for label, _ in type_.cases[:20])
    return text if len(text) <= 200 else text[:199] + "…"


def _shown(view: Any) -> str:
    text = repr(view)
    return text if len(text) <= 60 else text[:57] + "…"


def _mismatch(type_: Type, view: Any, path: str) -> NoReturn:
    raise Rejected(f"{path}: expected {show(type_)}, got {_shown(view)}")


def is_enumeration(type_: Type) -> bool:
    """Whether a variant's cases are names and nothing else: they are all of unit, and None is not among them."""
    if not isinstance(type_, Variant) or not type_.cases or NONE_LABEL in type_.positions:
        return False
    return all(payload is UNIT for _, payload in type_.cases)
