"""What differs between two versions of a machine, as data: the types of its state, its methods and its refusals.

Each difference has a path, as `lines[].price`, that leads to it in the new version. Nothing here decides anything;
`derivation` does, for states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from camshaft.bytecode.program import Method, Program
from camshaft.evolution.carry import ELEMENT, KEY, Branch, Carried, Carry, Cases, Fields, extended, parts_of
from camshaft.values.type_words import show
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
    is_tuple,
)


class Kind(Enum):
    """What happened to what is at a path, with the sign that people read."""

    ADDED = "+"
    DROPPED = "-"
    CHANGED = "~"
    RENAMED = ">"
    ORDER = "="


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two types. `was`: the old name of what was renamed."""

    kind: Kind
    path: str
    old: Type | None = None
    new: Type | None = None
    was: str = ""

    def __str__(self) -> str:
        match self.kind:
            case Kind.ORDER:
                return f"= {self.path or 'the fields'}: in another order"
            case Kind.ADDED | Kind.DROPPED:
                type_ = self.new if self.old is None else self.old
                shown = "" if type_ is None or type_ is UNIT else f": {show(type_)}"
                return f"{self.kind.value} {self.path}{shown}"
            case Kind.RENAMED:
                return f"> {self.path}, which was {self.was}"
            case Kind.CHANGED:
                assert self.old is not None
                assert self.new is not None
                return f"~ {self.path}: {show(self.old)} -> {show(self.new)}"

    def json(self) -> dict[str, Any]:
        """As data: `kind`, `path`, and where they say something `old`, `new` and `was`."""
        found: dict[str, Any] = {"kind": self.kind.name.lower(), "path": self.path}
        found |= {} if self.old is None else {"old": show(self.old)}
        found |= {} if self.new is None else {"new": show(self.new)}
        return found | ({"was": self.was} if self.was else {})


def type_changes(old: Type, new: Type, renamed: Mapping[str, str] | None = None, path: str = "") -> list[Change]:
    """The differences of two types, the outermost that say it all. `renamed`: old names by the paths of new ones."""
    return list(_changes(old, new, renamed or {}, path))


def _changes(old: Type, new: Type, renamed: Mapping[str, str], path: str) -> Iterator[Change]:
    if old is new and not any(where.startswith(path) for where in renamed):
        return
    match old, new:
        case Record(), Record() if is_tuple(old) == is_tuple(new) and (not is_tuple(old) or _alike(old, new)):
            yield from _labelled(old.fields, new.fields, renamed, lambda label: extended(path, label))
            shared = [label for label, _ in new.fields if label in old.positions]
            if [label for label, _ in old.fields if label in new.positions] != shared:
                yield Change(Kind.ORDER, path)
        case Variant(), Variant():
            yield from _labelled(old.cases, new.cases, renamed, lambda label: f"{path}({label})")
        case FrozenList(), FrozenList():
            yield from _changes(old.element, new.element, renamed, path + ELEMENT)
        case FrozenSet(), FrozenSet():
            yield from _changes(old.element, new.element, renamed, path + ELEMENT)
        case List(), List():
            yield from _changes(old.element, new.element, renamed, path + ELEMENT)
        case Set(), Set():
            yield from _changes(old.element, new.element, renamed, path + ELEMENT)
        case Map(), Map() if isinstance(old, Set) == isinstance(new, Set):
            yield from _changes(old.key, new.key, renamed, path + KEY)
            yield from _changes(old.value, new.value, renamed, path + ELEMENT)
        case _ if old is not new:
            yield Change(Kind.CHANGED, path, old, new)


def _labelled(old: Any, new: Any, renamed: Mapping[str, str], at: Any) -> Iterator[Change]:
    before, used = dict(old), set()
    for label, type_ in new:
        was = renamed.get(at(label), label)
        if was != label:
            yield Change(Kind.RENAMED, at(label), was=was)
        if was in before:
            used.add(was)
            yield from _changes(before[was], type_, renamed, at(label))
        else:
            yield Change(Kind.ADDED, at(label), new=type_)
    for label, type_ in old:
        if label not in used:
            yield Change(Kind.DROPPED, at(label), old=type_)


def _alike(old: Record, new: Record) -> bool:
    return len(old.fields) == len(new.fields)


def renames(carry: Carry, path: str = "") -> dict[str, str]:
    """What a carry renames: old names by the paths of new ones."""
    found: dict[str, str] = {}
    match carry:
        case Fields(parts=parts):
            moved = [(extended(path, one.label), one) for one in parts if isinstance(one, Carried)]
            found |= {at: one.source for at, one in moved if one.source != one.label}
        case Cases(branches=branches):
            known = [one for one in branches if isinstance(one, Branch)]
            known = [one for one in branches if isinstance(one, Branch)]
            found |= {f"{path}({one.becomes})": one.label for one in known if one.label != one.becomes}
    for step, part in parts_of(carry):
        found |= renames(part, extended(path, step))
    return found


def dropped(carry: Carry, path: str = "") -> list[str]:
    """The paths in the old type of what a carry drops."""
    match carry:
        case Fields(parts=parts, dropped=lost):
            found = [extended(path, label) for label in lost]
            for one in parts:
                found += dropped(one.carry, extended(path, one.source)) if isinstance(one, Carried) else []
            return found
        case Cases(branches=branches):
            return [
                lost
                for one in branches
                if isinstance(one, Branch)
                for lost in dropped(one.carry, f"{path}({one.label})")
            ]
        case _:
            return [lost for step, part in parts_of(carry) for lost in dropped(part, extended(path, step))]


# ---- interfaces ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InterfaceChanges:
    """The methods of a new version against those of the old one, by name."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]
    changed: tuple[str, ...]
    """Those that a client of the old version can no longer call as it did, or whose answers it may not understand."""
    refusals: tuple[Change, ...] = ()
    """What differs in the refusals that both, or one of them, may answer with."""

    @property
    def none(self) -> bool:
        """Whether both have one interface."""
        return not (self.added or self.dropped or self.changed or self.refusals)


def compare_interfaces(old: Program, new: Program) -> InterfaceChanges:
    """Match the methods and the refusals of two versions by name."""
    before = {method.name: method for method in old.public_methods}
    after = {method.name: method for method in new.public_methods}
    return InterfaceChanges(
        added=tuple(name for name in after if name not in before),
        dropped=tuple(name for name in before if name not in after),
        changed=tuple(
            name
            for name, method in after.items()
            if name in before and _interface(old, before[name]) != _interface(new, method)
        ),
        refusals=tuple(type_changes(_refusals(old), _refusals(new))),
    )


def _refusals(program: Program) -> Record:
    """The refusals of a program as one type, a field for each."""
    used = sorted({name for method in program.public_methods for name in method.refusals})
    payloads = {one.name: one.payload for one in program.pools.refusals}
    return Record((name, payloads[name]) for name in used)


def _interface(program: Program, method: Method) -> object:
    refusals = {name: program.refusal(name) for name in method.refusals}
    return method.parameters, method.result, refusals


def signature(method: Method) -> str:
    """A method as people read it: `move(x: int, y: int) -> bool`."""
    parameters = ", ".join(f"{parameter.name}: {show(parameter.type)}" for parameter in method.parameters)
    result = "" if method.result is UNIT else f" -> {show(method.result)}"
    return f"{method.name}({parameters}){result}"


def with_refusals(method: Method) -> str:
    """A method with the refusals that it may answer with."""
    return signature(method) + (f" refuses {', '.join(method.refusals)}" if method.refusals else "")
