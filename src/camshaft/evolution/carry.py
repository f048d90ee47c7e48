"""How the values of one type become values of another, as data: what a derived migration is made of.

A `Carry` is a tree over the two types. It is read several ways: as a term that a node runs (`term`), as Python that a
person reads (`python_text`), as the list of what is renamed and lost, and backwards, as the way back (`inverse`).

Rule: nothing here chooses. `derive` builds a carry, or says why there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias, assert_never

from camshaft.bytecode.primitives.table import is_ordered
from camshaft.values.types import (
    UNIT,
    FrozenList,
    FrozenSet,
    List,
    Map,
    Record,
    Set,
    Type,
    Variant,
)


@dataclass(frozen=True, slots=True)
class Same:
    """The value as it is."""

    type: Type


@dataclass(frozen=True, slots=True)
class Carried:
    """A field of the new record that holds what one of the old record held."""

    label: str
    source: str
    carry: Carry


@dataclass(frozen=True, slots=True)
class Added:
    """A field of the new record that the old one has nothing for: its declared default."""

    label: str
    type: Type
    default: Any


@dataclass(frozen=True, slots=True)
class Fields:
    """A record, field by field, in the order of the new one. `dropped`: the old fields of which nothing is left."""

    old: Record
    new: Record
    parts: tuple[Carried | Added, ...]
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """What becomes of a case: one of the new variant."""

    label: str
    becomes: str
    carry: Carry


@dataclass(frozen=True, slots=True)
class Absent:
    """A case that the new variant has nothing for: a trap, since the value cannot be said there. Only in a way back."""

    label: str


@dataclass(frozen=True, slots=True)
class Cases:
    """A variant, case by case, in the order of the old one. No two cases become one."""

    old: Variant
    new: Variant
    branches: tuple[Branch | Absent, ...]


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A value becomes that of a case: `T -> T | None`."""

    new: Variant
    label: str
    carry: Carry


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """What is in one case; any other case is a trap. Only in a way back."""

    old: Variant
    label: str
    carry: Carry


@dataclass(frozen=True, slots=True)
class Elements:
    """A list, element by element. `frozen`: it is, or is in, a key."""

    element: Carry
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """A map, entry by entry, in its order. No two keys become one."""

    key: Carry
    value: Carry


@dataclass(frozen=True, slots=True)
class Members:
    """A set, member by member. No two members become one. `frozen`: it is, or is in, a key."""

    member: Carry
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """What only a person can decide: the place of a draft that they fill in. Never in a migration that is sent."""

    old: Type
    new: Type


Carry: TypeAlias = Same | Fields | Cases | Wrapped | Unwrapped | Elements | Entries | Members | Unknown

ELEMENT: Final = "[]"
KEY: Final = "[key]"


def ends(carry: Carry) -> tuple[Type, Type]:
    """The types that a carry leads from and to."""
    match carry:
        case Same(type_):
            return type_, type_
        case Fields(old, new) | Cases(old, new) | Unknown(old, new):
            return old, new
        case Wrapped(new, _, inner):
            return ends(inner)[0], new
        case Unwrapped(old, _, inner):
            return old, ends(inner)[1]
        case Elements(inner, frozen):
            old, new = ends(inner)
            return (FrozenList(old), FrozenList(new)) if frozen else (List(old), List(new))
        case Entries(key, value):
            (old_key, new_key), (old_value, new_value) = ends(key), ends(value)
            return Map(old_key, old_value), Map(new_key, new_value)
        case Members(inner, frozen):
            old, new = ends(inner)
            return (FrozenSet(old), FrozenSet(new)) if frozen else (Set(old), Set(new))
        case _:
            assert_never(carry)


def is_identity(carry: Carry) -> bool:
    """Whether a carry leaves every value as it is."""
    match carry:
        case Same():
            return True
        case Fields(old, new, parts):
            return old is new and all(
                isinstance(part, Carried) and part.source == part.label and is_identity(part.carry) for part in parts
            )
        case Cases(old, new, branches):
            return old is new and all(
                isinstance(one, Branch) and one.label == one.becomes and is_identity(one.carry) for one in branches
            )
        case Elements(inner) | Members(inner):
            return is_identity(inner)
        case Entries(key, value):
            return is_identity(key) and is_identity(value)
        case Wrapped() | Unwrapped() | Unknown():
            return False
        case _:
            assert_never(carry)


def parts_of(carry: Carry) -> list[tuple[str, Carry]]:
    """The carries that one is made of, each with the step of a path that leads to it in the new type."""
    match carry:
        case Same() | Unknown():
            return []
        case Fields(parts=parts):
            return [(part.label, part.carry) for part in parts if isinstance(part, Carried)]
        case Cases(branches=branches):
            return [(f"({one.becomes})", one.carry) for one in branches if isinstance(one, Branch)]
        case Wrapped(carry=inner) | Unwrapped(carry=inner):
            return [("", inner)]
        case Elements(inner) | Members(inner):
            return [(ELEMENT, inner)]
        case Entries(key, value):
            return [(KEY, key), (ELEMENT, value)]
        case _:
            assert_never(carry)


def extended(path: str, step: str) -> str:
    """A path with one more step: `lines` and `[]` and `price` make `lines[].price`."""
    return f"{path}.{step}" if path and step and step[0] not in "[(" else path + step


def inverse(carry: Carry) -> Carry | None:
    """The way back: what it gives after the carry is what there was. None where the carry loses something.

    Fields that were added are given up on the way, and cases that were added are traps: only a state that the new
    version came to has something in them.
    """
    match carry:
        case Same():
            return carry
        case Fields(old, new, parts, dropped):
            return None if dropped else _inverse_fields(old, new, parts)
        case Cases(old, new, branches):
            return _inverse_cases(old, new, branches)
        case Wrapped(new, label, inner):
            back = inverse(inner)
            return None if back is None else Unwrapped(new, label, back)
        case Elements(inner, frozen):
            back = inverse(inner)
            return None if back is None else Elements(back, frozen)
        case Members(inner, frozen):
            back = inverse(inner)
            return Members(back, frozen) if back is not None and can_be_gone_through(ends(inner)[1]) else None
        case Entries(key, value):
            keys, values = inverse(key), inverse(value)
            return None if keys is None or values is None else Entries(keys, values)
        case Unwrapped() | Unknown():
            return None
        case _:
            assert_never(carry)


def _inverse_fields(old: Record, new: Record, parts: tuple[Carried | Added, ...]) -> Carry | None:
    found = {part.source: (part.label, inverse(part.carry)) for part in parts if isinstance(part, Carried)}
    back: list[Carried | Added] = []
    for label, _ in old.fields:
        source, carry = found[label]
        if carry is None:
            return None
        back.append(Carried(label, source, carry))
    return Fields(new, old, tuple(back), tuple(part.label for part in parts if isinstance(part, Added)))


def _inverse_cases(old: Variant, new: Variant, branches: tuple[Branch | Absent, ...]) -> Carry | None:
    found: dict[str, Branch] = {}
    for one in branches:
        carry = inverse(one.carry) if isinstance(one, Branch) else None
        if not isinstance(one, Branch) or carry is None:
            return None
        found[one.becomes] = Branch(one.becomes, one.label, carry)
    return Cases(new, old, tuple(found.get(label, Absent(label)) for label, _ in new.cases))


def is_iso(carry: Carry) -> bool:
    """Whether every value of the new type comes from one of the old type: then nothing can ever be lost by going back.

    Renames and another order are; a field, a case or a None more is not.
    """
    match carry:
        case Fields(parts=parts, dropped=dropped) if dropped or any(isinstance(part, Added) for part in parts):
            return False
        case Cases(old, new, branches) if len(old.cases) != len(new.cases) or len(branches) != len(new.cases):
            return False
        case Wrapped() | Unwrapped() | Unknown():
            return False
        case _:
            return all(is_iso(part) for _, part in parts_of(carry))


def few_values(type_: Type) -> list[Any] | None:
    """All values of a type that is a choice of a few names; None of any other type."""
    if isinstance(type_, Variant) and all(payload is UNIT for _, payload in type_.cases):
        return [(label, ()) for label, _ in type_.cases]
    return None


def can_be_gone_through(member: Type) -> bool:
    """Whether code can go through a set of such members: they have an order, or each of a few is looked for in it."""
    return is_ordered(member) or few_values(member) is not None
