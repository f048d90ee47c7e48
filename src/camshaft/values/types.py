"""The types of Camshaft's values.

Types are interned: equal types are one object, so that comparing two types is comparing two pointers, even for the
deeply shared types that hostile bytes can describe. Identity is structural, labels included; a machine's or a
class's name is documentation and not part of a type, but the label of a variant's case is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import ClassVar, Final, Self, TypeAlias

from camshaft.values.interned import Flags, Interned, intern, known

MAX_SHOWN: Final = 500
"""The longest text that a type is shown as."""


class _Type(Interned):
    """A member of the union `Type`, which this class itself has no instances in."""

    __slots__ = ()

    def __repr__(self) -> str:
        return show(self)  # type: ignore[arg-type]  # see above


class _Scalar(_Type):
    """A type that is made of no others; `own` is what sets it apart."""

    __slots__ = ()
    own: ClassVar[Flags] = Flags()

    def __new__(cls) -> Self:
        return intern(cls, (), (), own=cls.own)[0]


class IntType(_Scalar):
    """Integers as in Python. One that is stored or leaves a machine has at most `MAX_INT_BITS` bits."""

    __slots__ = ()


class WideType(_Scalar):
    """An integer between two operations, not yet checked for size: so `+` and `-` cannot fail, storing one can.

    It is never the type of anything that is stored, sent or received.
    """

    __slots__ = ()
    own = Flags(storable=False)


class BoolType(_Scalar):
    """`True` or `False`; not an `Int`."""

    __slots__ = ()


class StrType(_Scalar):
    """Unicode text without surrogates."""

    __slots__ = ()
    own = Flags(flat=False)


class FloatType(_Scalar):
    """IEEE 754 binary64 numbers and the infinities, but no NaN: an operation that would give one traps."""

    __slots__ = ()
    own = Flags(hashable=False)


class BytesType(_Scalar):
    """Sequences of bytes."""

    __slots__ = ()
    own = Flags(flat=False)


class TimeType(_Scalar):
    """Moments in UTC, to the microsecond, in the range of Python's `datetime`."""

    __slots__ = ()


class DurationType(_Scalar):
    """Spans of time, to the microsecond, in the range of Python's `timedelta`."""

    __slots__ = ()


class Record(_Type):
    """A labelled product, in the order of its labels. A tuple has the labels "0", "1", …; unit has none."""

    __slots__ = ("fields", "positions")
    fields: tuple[tuple[str, Type], ...]
    positions: dict[str, int]

    def __new__(cls, fields: Iterable[tuple[str, Type]]) -> Record:
        fields = tuple(fields)
        found = known(cls, fields)
        if found is not None:
            return found
        positions = {label: position for position, (label, _) in enumerate(fields)}
        if len(positions) != len(fields):
            raise ValueError(f"a record's labels are distinct: {[label for label, _ in fields[:20]]}")
        self, is_new = intern(cls, fields, tuple(child for _, child in fields), own=Flags())
        if is_new:
            self.fields = fields
            self.positions = positions
        return self

    def field(self, label: str) -> Type | None:
        """The type of a field, or None where there is none of that label."""
        position = self.positions.get(label)
        return None if position is None else self.fields[position][1]


class Variant(_Type):
    """A labelled sum, sorted by label: a value is one of the cases with its payload. `Never` has no case."""

    __slots__ = ("cases", "positions")
    cases: tuple[tuple[str, Type], ...]
    positions: dict[str, int]

    def __new__(cls, cases: Iterable[tuple[str, Type]]) -> Variant:
        cases = tuple(sorted(cases, key=lambda case: case[0]))
        found = known(cls, cases)
        if found is not None:
            return found
        positions = {label: position for position, (label, _) in enumerate(cases)}
        if len(positions) != len(cases):
            raise ValueError(f"a variant's labels are distinct: {[label for label, _ in cases[:20]]}")
        self, is_new = intern(cls, cases, tuple(child for _, child in cases), own=Flags(storable=bool(cases)))
        if is_new:
            self.cases = cases
            self.positions = positions
        return self

    def case(self, label: str) -> Type | None:
        """The payload type of a case, or None where there is none of that label."""
        position = self.positions.get(label)
        return None if position is None else self.cases[position][1]


class List(_Type):
    """A sequence of elements of one type."""

    __slots__ = ("element",)
    element: Type

    def __new__(cls, element: Type) -> List:
        found = known(cls, (element,))
        if found is not None:
            return found
        self, is_new = intern(cls, (element,), (element,), own=Flags(mutable=True, flat=False, hashable=False))
        if is_new:
            self.element = element
        return self


class Map(_Type):
    """Keys and values in insertion order, which is part of the value, as in a Python dict."""

    __slots__ = ("key", "value")
    key: Type
    value: Type

    def __new__(cls, key: Type, value: Type) -> Map:
        found = known(cls, (key, value))
        if found is not None:
            return found
        self, is_new = intern(
            cls,
            (key, value),
            (key, value),
            own=Flags(mutable=True, flat=False, hashable=False, well_formed=is_key(key)),
        )
        if is_new:
            self.key = key
            self.value = value
        return self


class Set(Map):
    """Distinct members: a map from them to unit that forgets the order of its keys.

    It lies in memory as that map, so that places lead into it, in-place writes and copies work, as for maps: writing
    unit at a member adds it. Its order is no part of its value: its canonical bytes are in the order of the members'
    own, and nothing iterates over it but `set_sorted`.
    """

    __slots__ = ()

    def __new__(cls, element: Type) -> Set:
        found = known(cls, (element,))
        if found is not None:
            return found
        self, is_new = intern(
            cls,
            (element,),
            (element,),
            own=Flags(mutable=True, flat=False, hashable=False, well_formed=is_key(element), is_set=True),
        )
        if is_new:
            self.key = element
            self.value = UNIT
        return self

    @property
    def element(self) -> Type:
        return self.key


class _Frozen(_Type):
    """What is kept as a tuple, so that a key of a map or a member of a set can be or hold it."""

    __slots__ = ("element",)
    element: Type

    def __new__(cls, element: Type) -> Self:
        self, is_new = intern(cls, (element,), (element,), own=Flags(flat=False, well_formed=is_key(element)))
        if is_new:
            self.element = element
        return self


class FrozenList(_Frozen):
    """A list as a key. What is done with lists is done with the list that it thaws to."""

    __slots__ = ()


class FrozenSet(_Frozen):
    """A set as a key. It lies in memory in the order of its members' canonical bytes, so that equal ones are the same
    tuple in every process; nothing tells that order but the bytes."""

    __slots__ = ()


class Function(_Type):
    """A function within a program: an exponential. `latent` is what applying it may do, as the bytecode's effects.

    It is never the type of anything that is stored, sent or received: a function in a state would die with the code
    that it belongs to.
    """

    __slots__ = ("codomain", "domain", "latent")
    domain: Type
    codomain: Type
    latent: Hashable

    def __new__(cls, domain: Type, codomain: Type, latent: Hashable) -> Function:
        parts = (domain, codomain, latent)
        self, is_new = intern(cls, parts, (domain, codomain), own=Flags(storable=False, flat=False, hashable=False))
        if is_new:
            self.domain = domain
            self.codomain = codomain
            self.latent = latent
        return self


Type: TypeAlias = (
    IntType
    | WideType
    | BoolType
    | StrType
    | FloatType
    | BytesType
    | TimeType
    | DurationType
    | Record
    | Variant
    | List
    | Map
    | Set
    | FrozenList
    | FrozenSet
    | Function
)

INT: Final = IntType()
WIDE: Final = WideType()
BOOL: Final = BoolType()
STR: Final = StrType()
FLOAT: Final = FloatType()
BYTES: Final = BytesType()
TIME: Final = TimeType()
DURATION: Final = DurationType()
SCALAR_NAMES: Final[dict[Type, str]] = {
    INT: "Int",
    BOOL: "Bool",
    STR: "Str",
    FLOAT: "Float",
    BYTES: "Bytes",
    TIME: "Time",
    DURATION: "Duration",
    WIDE: "Wide",
}
"""The types that are made of no others, as they are written."""
UNIT: Final = Record(())
NEVER: Final = Variant(())
"""The variant without cases: the type of what never arrives, such as the result of a refusal."""

NONE_LABEL: Final = "None"
"""The case of an optional's absent value."""


def tuple_of(*elements: Type) -> Record:
    """The record of a tuple: labels "0", "1", …"""
    return Record((str(index), element) for index, element in enumerate(elements))


def is_tuple(type_: Record) -> bool:
    """Whether a record is a tuple, by its labels. Unit is not: it is a record of no fields."""
    return bool(type_.fields) and all(label == str(index) for index, (label, _) in enumerate(type_.fields))


def optional_payload(type_: Type) -> tuple[str, Type] | None:
    """The other case of a variant of exactly None and one more, or None where it is not such a variant."""
    if isinstance(type_, Variant) and len(type_.cases) == 2 and type_.case(NONE_LABEL) is UNIT:
        return next(case for case in type_.cases if case[0] != NONE_LABEL)
    return None


def join(left: Type, right: Type) -> Type | None:
    """The type where two paths meet: `Never` joins with every type, equal types with each other, nothing else."""
    if left is NEVER:
        return right
    if right is NEVER or left is right:
        return left
    return None


def is_storable(type_: Type) -> bool:
    """Whether values of a type may be stored, sent or received: nothing in it is `Wide` or `Never`."""
    return type_.is_storable


def is_key(type_: Type) -> bool:
    """Whether a map's keys may be of a type: it is storable and holds no list, map or float."""
    return type_.is_storable and type_.is_hashable


def show(type_: Type) -> str:
    """A type as people read it: `(Int, Str)`, `{sku: Str, n: Int}`, `Card {…} | None`, `Map[Str, Int]`.

    What is too large to be read is cut short.
    """
    text = _show(type_, 6)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def _show(type_: Type, depth: int) -> str:
    if depth == 0:
        return "…"
    match type_:
        case List():
            return f"List[{_show(type_.element, depth - 1)}]"
        case Set() | FrozenList() | FrozenSet():
            return f"{type(type_).__name__}[{_show(type_.element, depth - 1)}]"
        case Map():
            return f"Map[{_show(type_.key, depth - 1)}, {_show(type_.value, depth - 1)}]"
        case Function():
            return f"({_show(type_.domain, depth - 1)} => {_show(type_.codomain, depth - 1)})"
        case Record():
            shown = [(label, _show(child, depth - 1)) for label, child in type_.fields[:20]]
            rest = ", …" if len(type_.fields) > 20 else ""
            if is_tuple(type_):
                return f"({', '.join(text for _, text in shown)}{rest})"
            return "()" if not shown else f"{{{', '.join(f'{label}: {text}' for label, text in shown)}{rest}}}"
        case Variant():
            if not type_.cases:
                return "Never"
            rest = " | …" if len(type_.cases) > 20 else ""
            return (
                " | ".join(
                    label if child is UNIT else f"{label} {_show(child, depth - 1)}"
                    for label, child in type_.cases[:20]
                )
                + rest
            )
        case _:
            return SCALAR_NAMES[type_]
