"""A carry as Python: the derived migration as its author would have written it, to be pasted into the file and edited.

It goes along the carry and along the Python types of both versions, and says what the term says: a test pastes it, and
compares. Where classes of the two versions are the same class, values of it are passed on as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, count
from types import FunctionType, ModuleType
from typing import Final, assert_never

from camshaft.evolution.carry import (
    Absent,
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
    Unwrapped,
    Wrapped,
    few_values,
    is_identity,
)
from camshaft.language.fitting import fits
from camshaft.language.machine import Machine, kebab_case, migration
from camshaft.language.pytypes import (
    PyClass,
    PyDict,
    PyDuration,
    PyEnum,
    PyFrozenSet,
    PyList,
    PyLiteral,
    PyMachine,
    PyNone,
    PySequence,
    PySet,
    PyTime,
    PyTuple,
    PyType,
    PyUnion,
    core,
    members,
    tag,
)
from camshaft.values.type_words import show
from camshaft.values.types import UNIT

HOLE: Final = "..."
_VARIABLES: Final = ("one", "each", "item", "part", "piece", "bit")


@dataclass(frozen=True)
class Names:
    """How the file of the new version calls classes: `of` by what they are, everything else by what it is called."""

    of: dict[type, str] = field(default_factory=dict)
    module: str = ""
    """The module of the version before, under which its classes stand."""
    has_migration: bool = False
    """Whether the file knows `migration`."""

    @staticmethod
    def in_file_of(cls: type[Machine], module: str) -> Names:
        """The names that the file of a machine has."""
        functions = [value for value in vars(cls).values() if isinstance(value, FunctionType)]
        around = functions[0].__globals__ if functions else {}
        named: dict[type, str] = {}
        for name, value in around.items():
            if isinstance(value, ModuleType) and not name.startswith("_"):
                for inner, held in vars(value).items():
                    if isinstance(held, type) and held.__module__ == value.__name__:
                        named.setdefault(held, f"{name}.{inner}")
        named.update({value: name for name, value in around.items() if isinstance(value, type)})
        named[cls] = cls.__qualname__
        return Names(named, module, around.get("migration") is migration)

    def new(self, cls: type) -> str:
        """A class of the new version."""
        return self.of.get(cls, cls.__qualname__)

    def old(self, cls: type) -> str:
        """A class of the version before."""
        return self.of.get(cls, f"{self.module}.{cls.__qualname__}")


def migration_text(carry: Carry, old: PyMachine, new: PyMachine, names: Names, name: str = "migrate") -> list[str]:
    """The lines of the migration that a carry of states is, without a hole unless the carry has one.

    A class of values is converted by a function of its own, so that lines stay short.
    """
    assert isinstance(carry, Fields)
    writer = _Writer(names)
    new_class = names.new(new.cls)
    lines = []
    for part in carry.parts:
        match part:
            case Carried(label, source, inner):
                lines.append(f"        {label}={writer.field(part, old, new)},{_remark(inner, source)}")
            case Added(label, type_, _):
                lines.append(f"        # {label}: {show(type_)} is new and starts with its default")
    returned = [f"    return {new_class}(", *lines, "    )"] if lines else [f"    return {new_class}()"]
    return [
        *writer.functions,
        "@migration",
        f"def {name}(was: {names.old(old.cls)}) -> {new_class}:",
        *[f"    # was.{label} is dropped" for label in carry.dropped],
        *returned,
    ]


def _remark(carry: Carry, source: str) -> str:
    return f"  # from was.{source}: {show(carry.old)} -> {show(carry.new)}" if isinstance(carry, Unknown) else ""


def _type_of(cls: PyMachine | PyClass, name: str) -> PyType:
    found = cls.field(name)
    assert found is not None
    return found.type


class _Writer:
    """Writes expressions, and the functions that they call, in the order in which each calls those before it."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._depth = 0
        self.functions: list[str] = []
        self._called: list[tuple[PyType, PyType, Carry, str]] = []
        """What is converted by which function."""

    def value(self, carry: Carry, old: PyType, new: PyType, source: str) -> str:
        """The expression for what a carry makes of what `source` stands for."""
        if isinstance(carry, Unknown):
            return HOLE
        if _includes(carry, old, new):
            return source
        match carry:
            case Same():
                return source
            case Fields():
                return self._record(carry, old, new, source)
            case Cases():
                return self._cases(carry, old, new, source)
            case Wrapped(_, label, inner):
                return self.value(inner, old, _member(new, label), source)
            case Elements(inner):
                return self._list(inner, old, new, source)
            case Entries(key, value):
                return self._dict(key, value, old, new, source)
            case Members(inner):
                return self._set(inner, old, new, source)
            case Unwrapped():
                raise AssertionError("a way back is not written as Python")
            case _:
                assert_never(carry)

    def field(self, part: Carried, old: PyClass | PyMachine, new: PyClass | PyMachine) -> str:
        """The expression for a field, in a function that is given the old object as `was`."""
        if isinstance(part.carry, Unknown):
            return HOLE
        return self.value(part.carry, _type_of(old, part.source), _type_of(new, part.label), f"was.{part.source}")

    # ---- records ---------------------------------------------------------------------------------------------------

    def _record(self, carry: Fields, old: PyType, new: PyType, source: str) -> str:
        if isinstance(new, PyTuple):
            assert isinstance(old, PyTuple)
            texts = [
                self.value(part.carry, old.elements[place], new.elements[place], f"{source}[{place}]")
                for place, part in enumerate(carry.parts)
                if isinstance(part, Carried)
            ]
            return f"({', '.join(texts)}{',' * (len(texts) == 1)})"
        assert isinstance(old, PyClass)
        assert isinstance(new, PyClass)
        if not any(isinstance(part, Carried) for part in carry.parts):
            return f"{self._names.new(new.cls)}()"
        return f"{self._function(carry, old, new)}({source})"

    def _function(self, carry: Fields | Cases, old: PyClass | PyEnum, new: PyClass | PyEnum) -> str:
        """The name of the function that converts objects of a class, which is written where it is not yet."""
        for known_old, known_new, known, name in self._called:
            if (known_old, known_new) == (old, new) and known is carry:
                return name
        depth, self._depth = self._depth, 0
        if isinstance(carry, Cases):
            body = [f"    return {self._one_of(carry, old, new, 'was')}"]
        else:
            assert isinstance(old, PyClass)
            assert isinstance(new, PyClass)
            body = self._fields(carry, old, new)
        self._depth = depth
        wanted = f"to_{snake_case(new.cls.__name__)}"
        taken = {name for *_, name in self._called}
        name = next(one for one in chain([wanted], (f"{wanted}_{n}" for n in count(2))) if one not in taken)
        self._called.append((old, new, carry, name))
        head = f"def {name}(was: {self._names.old(old.cls)}) -> {self._names.new(new.cls)}:"
        self.functions += [head, *body, "", ""]
        return name

    def _fields(self, carry: Fields, old: PyClass, new: PyClass) -> list[str]:
        given = [f"{part.label}={self.field(part, old, new)}" for part in carry.parts if isinstance(part, Carried)]
        lines = [f"    # was.{label} is dropped" for label in carry.dropped]
        added = [part.label for part in carry.parts if isinstance(part, Added)]
        lines += [f"    # {', '.join(added)}: new, with the default"] if added else []
        return [*lines, f"    return {self._names.new(new.cls)}({', '.join(given)})"]

    # ---- collections -----------------------------------------------------------------------------------------------

    def _list(self, inner: Carry, old: PyType, new: PyType, source: str) -> str:
        assert isinstance(old, PyList | PySequence)
        assert isinstance(new, PyList | PySequence)
        with_each = self._inside(
            lambda one: f"{self.value(inner, old.element, new.element, one)} for {one} in {source}"
        )
        return f"[{with_each}]" if isinstance(new, PyList) else f"tuple([{with_each}])"

    def _dict(self, key: Carry, value: Carry, old: PyType, new: PyType, source: str) -> str:
        assert isinstance(old, PyDict)
        assert isinstance(new, PyDict)

        def entry(one: str) -> str:
            made = self.value(key, old.key, new.key, f"{one}_key")
            return f"{made}: {self.value(value, old.value, new.value, one)} for {one}_key, {one} in {source}.items()"

        return f"{{{self._inside(entry)}}}"

    def _set(self, inner: Carry, old: PyType, new: PyType, source: str) -> str:
        assert isinstance(old, PySet | PyFrozenSet)
        assert isinstance(new, PySet | PyFrozenSet)
        if few_values(core(old.element)) is not None:
            assert isinstance(inner, Cases | Same)
            pairs = ", ".join(
                f"({self._constant(old.element, label, self._names.old)}, "
                f"{self._constant(new.element, becomes, self._names.new)})"
                for label, becomes in _renamed(inner)
            )
            made = self._inside(lambda one: f"{one} for {one}_was, {one} in [{pairs}] if {one}_was in {source}")
        else:
            made = self._inside(
                lambda one: f"{self.value(inner, old.element, new.element, one)} for {one} in sorted({source})"
            )
        return f"{{{made}}}" if isinstance(new, PySet) else f"frozenset({{{made}}})"

    def _inside(self, write: Callable[[str], str]) -> str:
        """What stands in a comprehension, of whose variable `write` makes it."""
        variable = _VARIABLES[self._depth] if self._depth < len(_VARIABLES) else f"one{self._depth}"
        self._depth += 1
        try:
            return write(variable)
        finally:
            self._depth -= 1

    # ---- variants --------------------------------------------------------------------------------------------------

    def _cases(self, carry: Cases, old: PyType, new: PyType, source: str) -> str:
        if isinstance(old, PyEnum) and isinstance(new, PyEnum):
            return f"{self._function(carry, old, new)}({source})"
        text = self._one_of(carry, old, new, source)
        return f"({text})" if len(carry.branches) > 1 else text

    def _one_of(self, carry: Cases, old: PyType, new: PyType, source: str) -> str:
        branches = [one for one in carry.branches if isinstance(one, Branch)]
        text = ""
        # The last one needs no test: it is what is left.
        for place, one in enumerate(branches):
            value = self._branch(one, old, new, source)
            text += value if place == len(branches) - 1 else f"{value} if {self._test(old, one.label, source)} else "
        return text

    def _branch(self, one: Branch, old: PyType, new: PyType, source: str) -> str:
        if isinstance(new, PyEnum | PyLiteral):
            return self._constant(new, one.becomes, self._names.new)
        # Where the source of the version before is gone, what were classes without fields may look like an enum.
        if core(_member(new, one.becomes)) is UNIT:
            return self._constant(new, one.becomes, self._names.new)
        return self.value(one.carry, _member(old, one.label), _member(new, one.becomes), source)

    def _test(self, old: PyType, label: str, source: str) -> str:
        match old:
            case PyEnum():
                return f"{source} is {self._constant(old, label, self._names.old)}"
            case PyLiteral():
                return f"{source} == {self._constant(old, label, self._names.old)}"
        match _member(old, label):
            case PyNone():
                return f"{source} is None"
            case PyClass(cls) | PyEnum(cls):
                return f"isinstance({source}, {self._names.old(cls)})"
            case PyTime():
                return f"isinstance({source}, {self._names.new(datetime)})"
            case PyDuration():
                return f"isinstance({source}, {self._names.new(timedelta)})"
            case other:
                return f"isinstance({source}, {tag(other)})"

    def _constant(self, type_: PyType, label: str, named: Callable[[type], str]) -> str:
        match type_:
            case PyEnum(cls):
                return f"{named(cls)}.{label}"
            case PyLiteral():
                return repr(dict(zip(type_.labels, type_.values, strict=True))[label])
            case PyUnion():
                one = _member(type_, label)
                return (
                    f"{named(one.cls)}()" if isinstance(one, PyClass) else "()" if isinstance(one, PyTuple) else "None"
                )
            case _:
                raise AssertionError(f"{type_} is no choice of a few")


def snake_case(name: str) -> str:
    """A class's name as a part of a function's: `OrderLine` -> `order_line`."""
    return kebab_case(name).replace("-", "_")


def _renamed(carry: Cases | Same) -> Iterator[tuple[str, str]]:
    if isinstance(carry, Cases):
        for one in carry.branches:
            assert not isinstance(one, Absent)
            yield one.label, one.becomes


def _member(type_: PyType, label: str) -> PyType:
    return next(one for one in members(type_) if tag(one) == label)


def _includes(carry: Carry, old: PyType, new: PyType) -> bool:
    """Whether a value of the old type is one of the new type as it stands, and the carry leaves it at that."""
    return fits(old, new) and _leaves_alone(carry)


def _leaves_alone(carry: Carry) -> bool:
    if isinstance(carry, Wrapped):
        return _leaves_alone(carry.carry)
    if isinstance(carry, Cases):
        return all(
            isinstance(one, Branch) and one.label == one.becomes and _leaves_alone(one.carry) for one in carry.branches
        )
    return is_identity(carry)
