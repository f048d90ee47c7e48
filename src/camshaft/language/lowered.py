"""What an expression is lowered to: a term with its type, and what the expressions around it must know of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import TypeAlias

from camshaft.bytecode.program import Place
from camshaft.category.terms import (
    Append,
    Constant,
    Delete,
    Fork,
    Get,
    Primitive,
    Project,
    Put,
    Term,
    compose,
    operate,
    sequence,
)
from camshaft.language.pytypes import PyType, core

Path: TypeAlias = tuple[str | None, ...]
"""A variable and the way from it: names of fields, and None for an element under a key that is not known."""

SELF = "self"

GIVEN_OBJECT = f"{SELF}#0"
"""The first part of a path to the object that a dataclass's method reads: its caller's, as any parameter."""

OWN_OBJECT = f"{SELF}#own"
"""The first part of a path to the object that a dataclass's method changes: it is given back to the caller."""

CONSTANT = "#constant"
"""What ends the first part of a path to a constant of a module."""


def shown_path(path: Path) -> str:
    """A path as its author would write it: `self.stock[…]`."""
    # A loop variable's name has a number behind it, so that two of one name differ.
    text = str(path[0]).partition("#")[0]
    for step in path[1:]:
        if step is None:
            text += "[…]"
        else:
            text += f"[{step}]" if step.isdigit() else f".{step}"
    return text


def written_path(written: str) -> Path:
    """Where a name of `Lowered.writes` leads: to a field of the machine or, after a dot, to a local variable."""
    return (written[1:],) if written.startswith(".") else (SELF, written)


def written_name(path: Path) -> str:
    """The name in `Lowered.writes` of what a path leads into."""
    return str(path[1]) if path[0] == SELF else f".{path[0]}"


def overlap(left: Path, right: Path) -> bool:
    """Whether one path leads to, or into, what the other leads to. Elements under unknown keys may be the same."""
    return all(one == other or None in (one, other) for one, other in zip(left, right, strict=False))


@dataclass(frozen=True, slots=True)
class Borrow:
    """A container that belongs to a variable, and that the value of an expression is or holds without a copy.

    `type` and `node`: what it is, and the expression that reads it. `exact`: the value is what the path leads to;
    otherwise it holds it, or something within it. `capture`: the loop variable or capture that it was reached by.
    `shared`: it may be in the value more than once. `inside`: the value is a new object around it, never itself.
    `fresh`: the value is a new container around it, even where what it is around is the caller's.
    """

    path: Path
    type: PyType
    node: ast.AST
    exact: bool = True
    capture: str | None = None
    shared: bool = False
    inside: bool = False
    fresh: bool = False

    def step(self, step: str | None, type_: PyType, node: ast.AST | None = None) -> Borrow:
        """The borrow of a part. One that is not exact keeps its path, which covers all that is within it."""
        path = (*self.path, step) if self.exact else self.path
        return replace(self, path=path, type=type_, node=node or self.node, fresh=False)

    def held(self) -> Borrow:
        """The borrow of something that holds this one, or may be it."""
        return replace(self, exact=False, fresh=False)

    def may_be(self) -> Borrow:
        """The borrow of what a call gives, which may be this one or hold it."""
        return replace(self, exact=False, inside=False, fresh=False)

    def stored(self) -> Borrow:
        """The borrow of a new object that holds this one."""
        return replace(self, exact=False, inside=True, fresh=True)

    def collected(self) -> Borrow:
        """The borrow of a new container, one of whose elements is or holds this one."""
        return replace(self, exact=False, fresh=True)


@dataclass(frozen=True, slots=True)
class Opening:
    """A member of a union, which no step of a place leads into: it is taken out, changed in a slot, and put back.

    `place`: where the union is, under keys that do not change; `take` and `restore`: from the union to the member, and
    back.
    """

    place: PlaceRef
    take: Term
    restore: Term


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A place that can be written: its path in a slot, and the keys along it, evaluated in this order.

    `opening`: the slot has a member of a union, while it is read or changed.
    """

    slot: int
    steps: tuple[str | None, ...]
    keys: tuple[Lowered, ...]
    known: int = 0
    """So many keys, from the first on, are known to lead to something."""
    opening: Opening | None = None

    @property
    def place(self) -> Place:
        """The place as terms know it."""
        return Place(self.slot, self.steps)

    def field(self, label: str) -> PlaceRef:
        """The place of a field or of a tuple's element in what is here."""
        return replace(self, steps=(*self.steps, label))

    def element(self, key: Lowered) -> PlaceRef:
        """The place of an element, under a key, in the list or map that is here."""
        return replace(self, steps=(*self.steps, None), keys=(*self.keys, key))

    @property
    def is_known(self) -> bool:
        """Whether all keys are known to lead to something, so that reading the place cannot fail."""
        return self.known == len(self.keys)

    def get(self, level: int) -> Term:
        """environment -> what is at the place"""
        found = operate(Get(self.place), *(key.at(level) for key in self.keys))
        return found if self.opening is None else sequence(self._taken_out(self.opening, level), found)

    def put(self, value: Term, level: int) -> Term:
        """environment -> (): write a value, which is evaluated before the keys"""
        return self._changed(Put(self.place), [value], level)

    def append(self, value: Term, level: int) -> Term:
        """environment -> (): put a value, which is evaluated before the keys, behind the list that is here"""
        return self._changed(Append(self.place), [value], level)

    def delete(self, level: int) -> Term:
        """environment -> (): take away the element that is here"""
        return self._changed(Delete(self.place), [], level)

    def _changed(self, operation: Put | Append | Delete, values: list[Term], level: int) -> Term:
        operands = [*values, *(key.at(level) for key in self.keys)]
        if self.opening is None:
            return operate(operation, *operands)
        # What the operands do comes before the member is taken out.
        operands[-1] = compose(Fork((("0", operands[-1]), ("1", self._taken_out(self.opening, level)))), Project("0"))
        member = compose(Get(Place(self.slot, ())), self.opening.restore)
        return sequence(operate(operation, *operands), self.opening.place.put(member, level))

    def _taken_out(self, opening: Opening, level: int) -> Term:
        return operate(Put(Place(self.slot, ())), compose(opening.place.get(level), opening.take))

    def within(self, place: PlaceRef) -> PlaceRef:
        """This place, of a slot whose value is at another place now."""
        if self.opening is not None:
            return replace(self, opening=replace(self.opening, place=self.opening.place.within(place)))
        keys = (*place.keys, *self.keys)
        return replace(place, steps=(*place.steps, *self.steps), keys=keys, known=len(keys))


@dataclass(frozen=True, slots=True)
class Lowered:
    """A lowered expression.

    `term` maps the environment at scope level `level` to the value. `wide`: an integer not yet checked for size.
    `calm`: evaluating it cannot fail in Python, which knows no largest integer. `stable`: it gives the same wherever in
    its statement it is evaluated. `borrows`: the containers of variables that its value is or holds. `writes`: the
    fields of the machine and the local variables that evaluating it may change, by `written_path`. `path` and `place`:
    where the value is, if it is a variable or a part of one. `held`: the term reads a copy of what is at the place,
    which is the same. `present`: a Bool, whether it is not None; `maybe`: the place where it is then, which an entry
    that a dict was asked for has too. `keyed`: for the list that this term gives, where its elements are (see `keyed`).
    """

    type: PyType
    term: Term
    level: int
    wide: bool = False
    calm: bool = False
    stable: bool = False
    borrows: tuple[Borrow, ...] = ()
    writes: frozenset[str] = frozenset()
    path: Path | None = None
    place: PlaceRef | None = None
    held: bool = False
    present: Term | None = None
    maybe: PlaceRef | None = None
    keyed: tuple[Term, object] | None = None

    def at(self, level: int) -> Term:
        """The same value from the environment of a deeper scope."""
        assert level >= self.level, "a term is used outside of the scope that it was built in"
        if isinstance(self.term, Constant) or (isinstance(self.term, Get) and None not in self.term.place.steps):
            return self.term  # it reads nothing of its environment
        return compose(*[Project("0")] * (level - self.level), self.term)

    def as_value(self) -> Lowered:
        """The same value, no longer known to be at a place."""
        return replace(self, path=None, place=None, held=False, present=None, maybe=None, keyed=None)


def constant(type_: PyType, value: object, level: int = 0) -> Lowered:
    """The expression that is always this value."""
    return Lowered(type_, Constant(core(type_), value), level, calm=True, stable=True)


def nothing() -> Term:
    """environment -> (): the term of a statement that does nothing."""
    return Fork(())


def capped(value: Lowered) -> Lowered:
    """An expression as it is stored, passed or returned: an integer is checked for size first."""
    if not value.wide:
        return value
    return replace(value, term=compose(value.term, Primitive("cap")), wide=False, stable=False)
