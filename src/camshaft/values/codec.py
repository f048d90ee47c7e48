"""Values to canonical bytes and back: the identity of a value is the identity of these bytes.

MessagePack in its shortest forms: records as arrays in label order, a variant as [label, payload], maps in their own
order, a set as the array of its members in the order of their bytes, a frozen list or set as the one that it is made
of, a float in 64 bits, a time and a duration as the integer of their microseconds. An integer beyond 64 bits is a
`bin` of its two's complement, big-endian and shortest.

Decoding is strict: the value must be of the type and its encoding the canonical one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any, Final, NoReturn, assert_never

import msgspec

from camshaft.errors import Rejected
from camshaft.values.check import MAX_INT_BITS
from camshaft.values.reader import UNREADABLE, reader_of
from camshaft.values.times import MAX_DURATION, MAX_TIME, MIN_DURATION, MIN_TIME
from camshaft.values.type_words import show
from camshaft.values.types import (
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
)

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(strict=True)
_MIN_PLAIN: Final = -(2**63)
_MAX_PLAIN: Final = 2**64 - 1


def encode(type_: Type, value: Any) -> bytes:
    """The canonical bytes of a value of a type."""
    return encode_raw(_in_order(type_, value) if type_.holds_set else value)


def encode_raw(value: Any) -> bytes:
    """The bytes of a value as it lies in memory: the canonical ones, but that a set is still the map of its members in
    the order in which they came. For whoever knows no types: `from_raw` reads either."""
    try:
        return _encoder.encode(value)
    except OverflowError:
        return _encoder.encode(with_plain_integers(value))


def decode(type_: Type, data: bytes) -> Any:
    """The value of a storable type whose canonical bytes these are.

    Raises:
        Rejected: the bytes are malformed, of another type, or not the canonical encoding.
    """
    value = _decoded(type_, data)
    if encode(type_, value) != data:
        raise Rejected("the bytes are not the canonical encoding of the value they hold")
    return value


def _decoded(type_: Type, data: bytes) -> Any:
    """The value of a type that bytes hold, canonical or not."""
    reader = reader_of(type_, len(data))
    if reader is not None:
        # Where this fails, the long way reads it all the same (an integer beyond 64 bits), or says what is wrong where.
        try:
            return reader.decode(data)
        except UNREADABLE:
            pass
    return spelled_out(type_, decode_raw(data))


def value_hash(type_: Type, value: Any) -> str:
    """The SHA-256 of the canonical bytes of a value of a type, in hex."""
    return hashlib.sha256(encode(type_, value)).hexdigest()


def members(value: Iterable[Any]) -> list[Any]:
    """The members of a set in the order of their canonical bytes."""
    return sorted(value, key=encode_raw)  # the only sets that a member holds are frozen: these are its canonical bytes


def _in_order(type_: Type, value: Any) -> Any:
    """A copy of a value in which each set is the list of its members."""
    if not type_.holds_set:
        return value
    match type_:
        case Set():
            return members(value)
        case List():
            return [_in_order(type_.element, element) for element in value]
        case Map():
            return {key: _in_order(type_.value, entry) for key, entry in value.items()}
        case Record():
            return [_in_order(child, part) for (_, child), part in zip(type_.fields, value, strict=True)]
        case Variant():
            payload = type_.case(value[0])
            assert payload is not None
            return [value[0], _in_order(payload, value[1])]
        case _:
            raise AssertionError(f"{type_!r} holds no set")


def decode_raw(data: bytes) -> Any:
    """MessagePack as plain Python objects, types unchecked.

    Raises:
        Rejected: malformed, or nested deeper than a value can be.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, TypeError, ValueError) as error:
        raise Rejected(f"malformed MessagePack: {error}") from None
    except RecursionError:
        # msgspec counts its own nesting and stops with this error, long before the stack is in danger.
        raise Rejected("malformed MessagePack: nested too deep") from None


def with_plain_integers(value: Any) -> Any:
    """A copy of a value in which integers beyond 64 bits are bytes, as they travel."""
    match value:
        case bool():
            return value
        case int():
            return value if _MIN_PLAIN <= value <= _MAX_PLAIN else _integer_to_bytes(value)
        case tuple() | list():
            return type(value)([with_plain_integers(part) for part in value])
        case dict():
            return {with_plain_integers(key): with_plain_integers(entry) for key, entry in value.items()}
        case _:
            return value


def from_raw(type_: Type, raw: Any) -> Any:
    """What `decode_raw` gave, as a value of a type.

    Raises:
        Rejected: it is not of the type.
    """
    reader = reader_of(type_, 1)
    if reader is not None:
        try:
            return reader.convert(raw)
        except UNREADABLE:
            pass
    return spelled_out(type_, raw)


def spelled_out(type_: Type, raw: Any, path: str = "$") -> Any:  # noqa: C901 - one case for each kind of type
    """As `from_raw`, slowly and obviously; `path` is where it stands, for the error."""
    match type_:
        case IntType():
            return _integer(type_, raw, path)
        case TimeType():
            return _within(MIN_TIME, _integer(type_, raw, path), MAX_TIME, "Time", path)
        case DurationType():
            return _within(MIN_DURATION, _integer(type_, raw, path), MAX_DURATION, "Duration", path)
        case BoolType():
            return raw if type(raw) is bool else _mismatch(type_, raw, path)
        case StrType():
            return raw if type(raw) is str else _mismatch(type_, raw, path)
        case FloatType():
            # A NaN has many bit patterns and equals nothing, itself included: there is no value of it.
            return raw if type(raw) is float and not math.isnan(raw) else _mismatch(type_, raw, path)
        case BytesType():
            return raw if type(raw) is bytes else _mismatch(type_, raw, path)
        case List():
            if type(raw) is not list and type(raw) is not tuple:
                _mismatch(type_, raw, path)
            element = type_.element
            return [spelled_out(element, part, f"{path}[{index}]") for index, part in enumerate(raw)]
        case Set():
            return _set_from_raw(type_, raw, path)
        case FrozenList():
            if type(raw) is not list and type(raw) is not tuple:
                _mismatch(type_, raw, path)
            return tuple(spelled_out(type_.element, part, f"{path}[{index}]") for index, part in enumerate(raw))
        case FrozenSet():
            return _frozen_set_from_raw(type_, raw, path)
        case Map():
            if type(raw) is not dict:
                _mismatch(type_, raw, path)
            return {
                spelled_out(type_.key, key, f"{path}.key"): spelled_out(type_.value, entry, f"{path}[{key!r}]")
                for key, entry in raw.items()
            }
        case Record():
            # Keys of maps arrive as tuples, everything else as lists: MessagePack has one kind of array.
            if (type(raw) is not list and type(raw) is not tuple) or len(raw) != len(type_.fields):
                _mismatch(type_, raw, path)
            return tuple(
                spelled_out(child, part, f"{path}.{label}")
                for (label, child), part in zip(type_.fields, raw, strict=True)
            )
        case Variant():
            return _variant_from_raw(type_, raw, path)
        case WideType() | Function():
            _mismatch(type_, raw, path)
        case _:
            assert_never(type_)


def _set_from_raw(type_: Set, raw: Any, path: str) -> dict[Any, Any]:
    # The entries of a journal are encoded without their types: there a set is the map that it is in memory. `decode`
    # compares with the canonical bytes, so that it takes nothing but the list, in order and without doubles.
    if type(raw) is dict and all(not unit and type(unit) in (list, tuple) for unit in raw.values()):
        raw = list(raw)
    if type(raw) is not list:
        _mismatch(type_, raw, path)
    return {spelled_out(type_.element, member, f"{path}[{index}]"): () for index, member in enumerate(raw)}


def _frozen_set_from_raw(type_: FrozenSet, raw: Any, path: str) -> tuple[Any, ...]:
    if type(raw) is not list and type(raw) is not tuple:
        _mismatch(type_, raw, path)
    given = tuple(spelled_out(type_.element, member, f"{path}[{index}]") for index, member in enumerate(raw))
    # It is written in this order even by whoever knows no types: in any other, equal sets would be different keys.
    if list(given) != members(dict.fromkeys(given)):
        raise Rejected(f"{path}: the members of a frozen set are not in order, or one is there twice")
    return given


def _variant_from_raw(type_: Variant, raw: Any, path: str) -> Any:
    if (type(raw) is list or type(raw) is tuple) and len(raw) == 2 and type(raw[0]) is str:
        payload = type_.case(raw[0])
        if payload is not None:
            # The type's own label, so that every value of it shares one string.
            return (type_.cases[type_.positions[raw[0]]][0], spelled_out(payload, raw[1], f"{path}.{raw[0]}"))
    _mismatch(type_, raw, path)


def _integer(type_: Type, raw: Any, path: str) -> int:
    if type(raw) is int:
        return raw
    return _integer_from_bytes(raw, path) if type(raw) is bytes else _mismatch(type_, raw, path)


def _within(least: int, value: int, most: int, what: str, path: str) -> int:
    if not least <= value <= most:
        raise Rejected(f"{path}: {value} microseconds are beyond the range of a {what}")
    return value


def _integer_to_bytes(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 8) // 8, "big", signed=True)


def _integer_from_bytes(raw: bytes, path: str) -> int:
    if len(raw) > MAX_INT_BITS // 8 + 1:
        raise Rejected(f"{path}: an integer has {len(raw)} bytes; at most {MAX_INT_BITS} bits are allowed")
    value = int.from_bytes(raw, "big", signed=True)
    if value.bit_length() > MAX_INT_BITS:
        raise Rejected(f"{path}: an integer has {value.bit_length()} bits; at most {MAX_INT_BITS} are allowed")
    return value


def _mismatch(type_: Type, raw: Any, path: str) -> NoReturn:
    text = repr(raw)
    raise Rejected(f"{path}: expected {show(type_)}, got {text if len(text) <= 60 else text[:57] + '…'}")
