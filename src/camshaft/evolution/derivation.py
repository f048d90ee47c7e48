"""Finding the carry from one type of state to another: by names, at the same or a wider type, and never by guessing.

What was there is carried over, or its author says in the file of the new version that it is lost. Where a change could
be read in two ways, or in none, it becomes a `Problem`, and a draft has a hole in its place.

Source of the rule: the automatic migration of "Essence of Live Coding" (Manuel Bärenz), by labels of records and names
of constructors; there an unmatched value becomes the initial one, here it is an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from camshaft.evolution.carry import (
    ELEMENT,
    KEY,
    Added,
    Branch,
    Carried,
    Carry,
    Cases,
    Elements,
    Entries,
    Fields,
    Members,
    Same,
    Unknown,
    Wrapped,
    can_be_gone_through,
    extended,
    few_values,
    is_identity,
)
from camshaft.evolution.problems import Problem, Reading
from camshaft.evolution.sources import Sources, of_cases, of_fields
from camshaft.language.objects import frozen_value
from camshaft.language.pasts import class_was, dropped_by, members_were
from camshaft.language.pytypes import (
    NO_DEFAULT,
    Field,
    PyClass,
    PyDict,
    PyEnum,
    PyFrozenSet,
    PyList,
    PyLiteral,
    PyMachine,
    PySequence,
    PySet,
    PyTuple,
    PyType,
    PyUnion,
    as_key,
    core,
    shown,
    tag,
)
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


class Derivation:
    """One derivation; what cannot be decided is collected in `problems`, in the order of the new type."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._in_key = 0
        self._found: dict[tuple[Type, PyType, bool], Carry] = {}
        """Carries without a problem: a class that is met again has the same one."""

    def carry(self, old: Type, new: PyType, path: str = "") -> Carry:
        """How values of the old type become values of the new one; with a hole wherever there is a problem."""
        key, problems = (old, new, bool(self._in_key)), len(self.problems)
        found = self._found.get(key)
        if found is None:
            found = self._carry(old, new, path)
            if len(self.problems) == problems:
                self._found[key] = found
        return found

    def _carry(self, old: Type, new: PyType, path: str) -> Carry:
        match new:
            case PyTuple(elements) if isinstance(old, Record) and _is_tuple_of(old, len(elements)):
                return self._elements_of_tuple(old, new, path)
            case PyClass() | PyMachine() if isinstance(old, Record) and not is_tuple(old):
                return self._fields(old, new, path)
            case PySequence(element) | PyList(element) if isinstance(old, List):
                return Elements(self.carry(old.element, element, path + ELEMENT))
            case PySequence(element) if isinstance(old, FrozenList):
                return Elements(self.carry(old.element, element, path + ELEMENT), frozen=True)
            case PyFrozenSet(element) if isinstance(old, FrozenSet):
                return self._members(old, element, new, path)
            case PyDict(key, value) if isinstance(old, Map) and not isinstance(old, Set):
                return Entries(self._key(old.key, key, path + KEY), self.carry(old.value, value, path + ELEMENT))
            case PySet(element) | PyFrozenSet(element) if isinstance(old, Set):
                return self._members(old, element, new, path)
            case PyEnum(members=members) if isinstance(old, Variant):
                return self._few(old, new, [name for name, _ in members], members_were(new.cls), path)
            case PyLiteral() if isinstance(old, Variant):
                return self._few(old, new, new.labels, {}, path)
            case PyUnion():
                return self._union(old, new, path)
            case _ if old is self._core(new):
                return Same(old)
            case _:
                return self._changed(old, new, path)

    def _tried(self, old: Type, new: PyType, path: str) -> Carry | None:
        """The carry where there is one without a problem; nothing is said of it otherwise."""
        trial = self._another()
        found = trial.carry(old, new, path)
        return None if trial.problems else found

    def _another(self) -> Derivation:
        """A derivation whose problems are its own."""
        made = Derivation()
        made._in_key, made._found = self._in_key, self._found
        return made

    def _changed(self, old: Type, new: PyType, path: str) -> Carry:
        what = f"`{path or 'the state'}` changed: {show(old)} -> {show(self._core(new))}"
        self.problems.append(Problem(path, what, (Reading("what becomes of it?", "write a migration"),)))
        return Unknown(old, self._core(new))

    def _core(self, type_: PyType) -> Type:
        """The type of the values that a type has here: in a key it may be another."""
        return core(as_key(type_) if self._in_key else type_)

    # ---- records ---------------------------------------------------------------------------------------------------

    def _elements_of_tuple(self, old: Record, new: PyTuple, path: str) -> Carry:
        parts = [
            Carried(label, label, self.carry(type_, element, extended(path, label)))
            for (label, type_), element in zip(old.fields, new.elements, strict=True)
        ]
        return Fields(old, cast(Record, self._core(new)), tuple(parts))

    def _fields(self, old: Record, new: PyClass | PyMachine, path: str) -> Carry:
        dropped = dropped_by(new.cls)
        found = of_fields(old, new, dropped, path, lambda source, field: self._can_be(old, source, field, path))
        parts: list[Carried | Added] = []
        for field in new.fields:
            source = found.sources.get(field.name)
            at = extended(path, field.name)
            if source is not None:
                parts.append(Carried(field.name, source, self.carry(_field(old, source), field.type, at)))
            else:
                parts.append(self._added(field, new, at))
        lost = tuple(label for label in found.left if label in dropped)
        self._check_left(found, old, new, path)
        if lost and self._in_key:
            what = f"`{extended(path, lost[0])}` is dropped, and two keys or members that differ in it would become one"
            self.problems.append(Problem(path, what, (Reading("which of them stays?", "write a migration"),)))
        return Fields(old, cast(Record, self._core(new)), tuple(parts), lost)

    def _added(self, field: Field, new: PyClass | PyMachine, at: str) -> Added | Carried:
        type_ = self._core(field.type)
        if field.default is not NO_DEFAULT:
            return Added(field.name, type_, frozen_value(field.default) if self._in_key else field.default)
        what = f"`{at}`: {show(type_)} is new in `{new.cls.__name__}` and has no default"
        reading = Reading("what do those that exist hold?", f"{field.name}: {shown(field.type)} = …")
        self.problems.append(Problem(at, what, (reading,)))
        return Carried(field.name, field.name, Unknown(type_, type_))

    def _can_be(self, old: Record, source: str, field: Field, path: str) -> bool:
        return self._tried(_field(old, source), field.type, extended(path, field.name)) is not None

    def _check_left(self, found: Sources, old: Record, new: PyClass | PyMachine, path: str) -> None:
        """Say what has to be said of fields of which nothing is left, and nobody said that they may be lost."""
        self.problems += found.problems
        dropped = dropped_by(new.cls)
        added = [field for field in new.fields if field.name not in found.sources]
        for label in found.left:
            if label not in dropped:
                readings = [
                    Reading(
                        f"it is `{field.name}` now?", f'{field.name}: Annotated[{shown(field.type)}, was("{label}")]'
                    )
                    for field in added
                    if self._can_be(old, label, field, path)
                ]
                readings.append(Reading("it may be lost?", f'@drops("{label}")  above `class {new.cls.__name__}`'))
                what = f"`{extended(path, label)}`: {show(_field(old, label))} is dropped"
                self.problems.append(Problem(extended(path, label), what, tuple(readings)))

    # ---- keys and members ------------------------------------------------------------------------------------------

    def _key(self, old: Type, new: PyType, path: str) -> Carry:
        self._in_key += 1
        try:
            return self.carry(old, new, path)
        finally:
            self._in_key -= 1

    def _members(self, old: Set | FrozenSet, element: PyType, new: PyType, path: str) -> Carry:
        inner = self._key(old.element, element, path + ELEMENT)
        if not is_identity(inner) and not can_be_gone_through(old.element):
            return self._changed(old, new, path)
        return Members(inner, isinstance(old, FrozenSet))

    # ---- variants --------------------------------------------------------------------------------------------------

    def _few(self, old: Variant, new: PyType, labels: Sequence[str], were: dict[str, str], path: str) -> Carry:
        """A choice of a few values, of which there may be more now."""
        if few_values(old) is None:
            return self._changed(old, new, path)
        found = of_cases(old, [(label, were.get(label, "")) for label in labels], path)
        branches = [Branch(label, found.sources[label], Same(UNIT)) for label, _ in old.cases if label in found.sources]
        self._check_cases(found, new, path)
        return Cases(old, cast(Variant, core(new)), tuple(branches))

    def _union(self, old: Type, new: PyUnion, path: str) -> Carry:
        variant = cast(Variant, self._core(new))
        readings = self._wrapped(old, new, variant, path) if old is not variant else []
        by_case = self._cases(old, new, variant, path) if isinstance(old, Variant) else None
        if by_case is not None and not by_case.problems:
            readings.append(("case by case", by_case.cases))
        if len(readings) == 1:
            return readings[0][1]
        if readings:
            what = f"`{path}` could become `{shown(new)}` in several ways"
            several = tuple(Reading(f"{meaning}?", "write a migration") for meaning, _ in readings)
            self.problems.append(Problem(path, what, several))
            return Unknown(old, variant)
        if by_case is None:
            return self._changed(old, new, path)
        self.problems += by_case.problems
        return by_case.cases

    def _wrapped(self, old: Type, new: PyUnion, variant: Variant, path: str) -> list[tuple[str, Carry]]:
        """The members of a union that a value which was no such union can be."""
        tried = [(member, self._tried(old, member, path)) for member in new.members]
        return [
            (f"a `{shown(member)}`", Wrapped(variant, tag(member), carry))
            for member, carry in tried
            if carry is not None
        ]

    def _cases(self, old: Variant, new: PyUnion, variant: Variant, path: str) -> _ByCase:
        members = {tag(member): member for member in new.members}
        given = [(label, _was(member)) for label, member in members.items()]
        found = of_cases(old, given, path)
        inner = self._another()
        branches = []
        for label, payload in old.cases:
            becomes = found.sources.get(label)
            if becomes is not None:
                at = f"{path}({becomes})"
                branches.append(Branch(label, becomes, inner.carry(payload, members[becomes], at)))
        inner._check_cases(found, new, path)
        return _ByCase(Cases(old, variant, tuple(branches)), inner.problems)

    def _check_cases(self, found: Sources, new: PyType, path: str) -> None:
        self.problems += found.problems
        for label in found.left:
            readings = [Reading(f"it is {shown_new} now?", write) for shown_new, write in _renames(found, label, new)]
            readings.append(Reading("it became something else?", "write a migration"))
            what = f"`{path or 'the state'}` may be {label}, which `{shown(new)}` does not have"
            self.problems.append(Problem(f"{path}({label})", what, tuple(readings)))


class _ByCase:
    """A union read case by case, and what stands in the way of that."""

    def __init__(self, cases: Cases, problems: list[Problem]) -> None:
        self.cases = cases
        self.problems = problems


def _renames(found: Sources, label: str, new: PyType) -> list[tuple[str, str]]:
    """What to write where a case that is gone is one of the cases that are new."""
    match new:
        case PyEnum():
            added = [name for name, _ in new.members if name not in found.sources.values()]
            return [(f"`{name}`", f'@was({name}="{label}")  above `class {new.cls.__name__}`') for name in added]
        case PyUnion():
            classes = [
                one for one in new.members if isinstance(one, PyClass) and tag(one) not in found.sources.values()
            ]
            return [(f"`{tag(one)}`", f'@was("{label}")  above `class {tag(one)}`') for one in classes]
        case _:
            return []


def _was(member: PyType) -> str:
    return class_was(member.cls) if isinstance(member, PyClass | PyEnum) else ""


def _field(record: Record, label: str) -> Type:
    return record.fields[record.positions[label]][1]


def _is_tuple_of(old: Record, length: int) -> bool:
    return len(old.fields) == length and (is_tuple(old) or not length)
