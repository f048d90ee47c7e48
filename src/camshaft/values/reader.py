"""Readers: values from their bytes, or from plain objects, at the speed of the codec's library.

The library is told a type in words of its own, and reads and checks all that these can say. What they cannot say is
put right in one pass over the parts concerned, by an expression that is made once for each type: a case of a variant is
read as an object of a class that is made for it, and becomes a pair; a set is read as a list; a float is looked at.

A reader takes nothing that `codec.from_raw` would not take, and gives what that gives; a property ties the two
together. It may refuse what that takes (an integer beyond 64 bits), and says of nothing what is wrong with it: whoever
asked then goes the long way.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from itertools import pairwise
from operator import or_
from types import GenericAlias
from typing import Annotated, Any, Final, Literal, assert_never

import msgspec

from camshaft.values.times import MAX_TIME, MIN_TIME
from camshaft.values.types import (
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
)

UNREADABLE: Final = (msgspec.DecodeError, TypeError, ValueError, OverflowError, RecursionError)
"""What a reader raises where it cannot read something."""

_MOST_NODES: Final = 400
"""A type with more takes the long way: making a reader takes time that grows with the type, which somebody sent."""
_LONG_WAYS: Final = 8
"""How often a type is read the long way before it gets a reader: most types are those of a few constants."""
_MANY_BYTES: Final = 1_000
"""So much is worth a reader the first time."""

_TIMES: Final = Annotated[int, msgspec.Meta(ge=MIN_TIME, le=MAX_TIME)]


class Reader:
    """Reads values of one type."""

    __slots__ = ("_decoder", "_holder", "_right")

    def __init__(self, type_: Type) -> None:
        """`type_` has no more than `_MOST_NODES` nodes."""
        names: dict[str, Any] = {"number": _number, "in_order": _in_order, "unit_of": dict.fromkeys}
        spoken = _spoken(type_)
        # In a class of its own a type is looked through once; `convert` would do it at each call.
        self._holder = msgspec.defstruct("Holder", [("value", spoken)], array_like=True)
        self._decoder = msgspec.msgpack.Decoder(spoken, strict=True)
        right = _right(type_, "value", names)
        # Made of names and numbers that come from here: nothing in it is anybody's text.
        self._right = None if right is None else eval(f"lambda value: {right}", names)  # noqa: S307 - see above

    def decode(self, data: bytes) -> Any:
        """The value that bytes hold, canonical or not. Raises one of `UNREADABLE`."""
        value = self._decoder.decode(data)
        return value if self._right is None else self._right(value)

    def convert(self, raw: Any) -> Any:
        """The value that plain objects hold. Raises one of `UNREADABLE`."""
        holder: Any = msgspec.convert((raw,), self._holder, strict=True)
        value = holder.value
        return value if self._right is None else self._right(value)


class _Use:
    """How often a type was read, and what reads it."""

    __slots__ = ("count", "reader")

    def __init__(self) -> None:
        self.count = 0
        self.reader: Reader | None = None


@lru_cache(maxsize=1_024)
def _use(_type: Type) -> _Use:
    return _Use()


def reader_of(type_: Type, size: int) -> Reader | None:
    """What reads a type, to be used for so many bytes; None where the long way is the better one."""
    use = _use(type_)
    if use.reader is None:
        use.count += 1
        if (use.count <= _LONG_WAYS and size < _MANY_BYTES) or type_.nodes > _MOST_NODES or not type_.is_storable:
            return None
        use.reader = Reader(type_)
    return use.reader


def _number(value: Any) -> float:
    if type(value) is not float or value != value:
        raise ValueError("neither an integer nor a NaN is a float")
    return value


_encode: Final = msgspec.msgpack.Encoder().encode


def _in_order(members: tuple[Any, ...]) -> tuple[Any, ...]:
    if any(one >= other for one, other in pairwise(map(_encode, members))):
        raise ValueError("a frozen set has its members in the order of their bytes, each once")
    return members


def _is_enumeration(type_: Variant) -> bool:
    return all(payload is UNIT for _, payload in type_.cases)


def _spoken(type_: Type) -> Any:  # noqa: C901 - one case for each kind of type
    """A storable type as the codec's library speaks of it."""
    match type_:
        case IntType() | DurationType():
            return int  # of 64 bits, and each of those is microseconds within the range of a duration
        case TimeType():
            return _TIMES
        case BoolType():
            return bool
        case StrType():
            return str
        case FloatType():
            return Any  # told to read a float, the library takes an integer for one
        case BytesType():
            return bytes
        case List():
            return GenericAlias(list, (_spoken(type_.element),))
        case Set():
            # What a journal holds of arguments was encoded without types: there a set is the map that it is in memory.
            member = _spoken(type_.element)
            return GenericAlias(list, (member,)) | GenericAlias(dict, (member, GenericAlias(tuple, ())))
        case FrozenList() | FrozenSet():
            return GenericAlias(tuple, (_spoken(type_.element), ...))
        case Map():
            return GenericAlias(dict, (_spoken(type_.key), _spoken(type_.value)))
        case Record():
            return GenericAlias(tuple, tuple(_spoken(child) for _, child in type_.fields))
        case Variant():
            if _is_enumeration(type_):
                labels = tuple(label for label, _ in type_.cases)
                return GenericAlias(tuple, (Literal[labels], GenericAlias(tuple, ())))
            return reduce(or_, (_case(label, payload) for label, payload in type_.cases))
        case WideType() | Function():
            raise AssertionError(f"{type_!r} is the type of nothing that is stored")
        case _:
            assert_never(type_)


def _case(label: str, payload: Type) -> type[msgspec.Struct]:
    """What a case of a variant is read as; it may be part of a key."""
    return msgspec.defstruct(
        "Case",
        [("payload", _spoken(payload))],
        tag=label,
        array_like=True,
        frozen=True,
        forbid_unknown_fields=True,
        gc=False,
        namespace={"label": label},
    )


def _right(type_: Type, value: str, names: dict[str, Any]) -> str | None:
    """The expression of what was read as a value of a type, where `value` is that of what was read; None: it is one.

    What the expression mentions besides is put into `names`.
    """
    match type_:
        case FloatType():
            return f"number({value})"
        case List():
            element = _right(type_.element, "part", names)
            return None if element is None else f"[{element} for part in {value}]"
        case Set():
            member = _right(type_.element, "part", names)
            return f"unit_of({value}, ())" if member is None else f"{{{member}: () for part in {value}}}"
        case FrozenList():
            element = _right(type_.element, "part", names)
            return None if element is None else f"tuple([{element} for part in {value}])"
        case FrozenSet():
            member = _right(type_.element, "part", names)
            return f"in_order({value})" if member is None else f"in_order(tuple([{member} for part in {value}]))"
        case Map():
            key, entry = _right(type_.key, "key", names), _right(type_.value, "part", names)
            if key is None and entry is None:
                return None
            return f"{{{key or 'key'}: {entry or 'part'} for key, part in {value}.items()}}"
        case Record():
            parts = [f"{value}[{index}]" for index in range(len(type_.fields))]
            right = [_right(child, part, names) for (_, child), part in zip(type_.fields, parts, strict=True)]
            if not any(right):
                return None
            return f"({', '.join(one or part for one, part in zip(right, parts, strict=True))},)"
        case Variant() if not _is_enumeration(type_):
            return _case_right(type_, value, names)
        case _:
            return None


def _case_right(type_: Variant, value: str, names: dict[str, Any]) -> str:
    payloads = {label: _right(payload, "value", names) for label, payload in type_.cases}
    if not any(payloads.values()):
        return f"({value}.label, {value}.payload)"
    name = f"payload_{len(names)}"
    functions = {label: eval(f"lambda value: {right or 'value'}", names) for label, right in payloads.items()}  # noqa: S307 - as above
    names[name] = lambda case: (case.label, functions[case.label](case.payload))
    return f"{name}({value})"
