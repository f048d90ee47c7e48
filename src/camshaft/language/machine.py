"""What an author writes with: `Machine`, `Refusal`, `migration`, `invariant`. All are plain Python without a node.

Rule: nothing here compiles anything. A machine's class keeps every name for its author: what Camshaft keeps on a class
is under one dunder name.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import (
    Any,
    ClassVar,
    Concatenate,
    Final,
    ParamSpec,
    TypeVar,
    dataclass_transform,
    get_origin,
    overload,
)

MIGRATION_MARK: Final = "__camshaft_migration__"
"""The attribute by which a file's migrations are found."""
INVARIANT_MARK: Final = "__camshaft_invariant__"
"""The attribute by which a class's invariants are found."""

HIDDEN_MARK: Final = "__camshaft_hidden__"
"""The attribute by which a class's hidden methods are found."""
ADAPTER_MARK: Final = "__camshaft_adapter__"
"""The attribute by which a file's adapters are found: what each one serves."""

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")
N = TypeVar("N", bound="Refusal")
T = TypeVar("T", bound="Refusal")


@dataclass(frozen=True, slots=True)
class MachineInfo:
    """What Camshaft knows of a machine's class: its name as nodes know it, and its fields in their order.

    `version` is the id of the program that the class is a stub of, "" where it is a machine to run.
    """

    name: str
    fields: tuple[str, ...]
    version: str = ""


def kebab_case(name: str) -> str:
    """A machine's name from its class's: `ShoppingCart` -> `shopping-cart`, `HTTPProxy` -> `http-proxy`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _fields_of(cls: type, stop: type) -> tuple[str, ...]:
    """The annotated names of a class and of its bases below `stop`, in the order of a dataclass's fields."""
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        if base is not stop and issubclass(base, stop):
            annotations = inspect.get_annotations(base).items()
            names.update(dict.fromkeys(name for name, annotation in annotations if not _is_class_variable(annotation)))
    return tuple(names)


def _is_class_variable(annotation: object) -> bool:
    """Whether an annotation is `ClassVar` or `ClassVar[…]`. One that is text is read as a dataclass reads it."""
    if isinstance(annotation, str):
        return re.match(r"\s*(\w+\s*\.\s*)?ClassVar\b", annotation) is not None
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def _take_fields(
    owner: type, names: tuple[str, ...], positional: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any]:
    """The value of each field: given by position or name, or the class's default, copied for this instance.

    Raises TypeError as a dataclass's constructor does.
    """
    if len(positional) > len(names):
        raise TypeError(f"{owner.__name__}() takes {len(names)} fields but {len(positional)} were given")
    values = dict(zip(names, positional, strict=False))
    for name, value in named.items():
        if name in values:
            raise TypeError(f"{owner.__name__}() got the field `{name}` twice")
        if name not in names:
            raise TypeError(f"{owner.__name__}() has no field `{name}`; its fields are {', '.join(names) or 'none'}")
        values[name] = value
    for name in names:
        if name not in values:
            values[name] = _default_of(owner, name)
    return {name: values[name] for name in names}


def _default_of(owner: type, name: str) -> Any:
    """A field's default, anew for each instance. Raises TypeError where it has none."""
    given = getattr(owner, name, dataclasses.MISSING)
    if isinstance(given, dataclasses.Field):
        if given.default_factory is not dataclasses.MISSING:
            return given.default_factory()
        given = given.default
    if given is dataclasses.MISSING:
        raise TypeError(f"{owner.__name__}() needs the field `{name}`")
    return copy.deepcopy(given)


@dataclass_transform(kw_only_default=True, field_specifiers=(dataclasses.field,))
class Machine:
    """The parent of machines: a class of typed fields (the state) with methods (the inputs).

    `Counter()` and `Counter(count=5)` make an instance that runs as plain Python. Fields are given by name; one that
    is not given starts as its default, of which each instance has its own copy. Instances are equal where their
    fields are.

    Class arguments: `name`, the machine's name on nodes; the class's name in kebab-case where it is left out. And
    `version`, in what `camshaft stub` writes: the id of the program whose types the class has, without its code.
    """

    __camshaft__: ClassVar[MachineInfo] = MachineInfo("machine", ())

    def __init_subclass__(cls, name: str | None = None, version: str = "", **rest: Any) -> None:
        super().__init_subclass__(**rest)
        cls.__camshaft__ = MachineInfo(name or kebab_case(cls.__name__), _fields_of(cls, Machine), version)

    def __init__(self, **fields: Any) -> None:
        for name, value in _take_fields(type(self), self.__camshaft__.fields, (), fields).items():
            setattr(self, name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Machine) or other.__camshaft__ != self.__camshaft__:
            return NotImplemented
        if not (isinstance(other, type(self)) or isinstance(self, type(other))):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__camshaft__.fields)

    __hash__ = None  # type: ignore[assignment]  # a machine changes, so it is no key, as with a list

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__camshaft__.fields)
        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass_transform(field_specifiers=(dataclasses.field,))
class Refusal(Exception):  # a refusal is an answer, and its author names it: `OutOfStock`
    """The parent of a machine's declared errors, with typed fields: `class OutOfStock(Refusal): sku: str`.

    Raising one in a method ends the step: the state stays as it was, and the caller gets the refusal.
    """

    __camshaft_fields__: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        cls.__camshaft_fields__ = _fields_of(cls, Refusal)

    def __init__(self, *positional: Any, **named: Any) -> None:
        values = _take_fields(type(self), self.__camshaft_fields__, positional, named)
        super().__init__(*values.values())
        for name, value in values.items():
            setattr(self, name, value)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.args == other.args

    def __hash__(self) -> int:
        return hash((type(self), self.args))

    def __str__(self) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in zip(self.__camshaft_fields__, self.args, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


def check_machine(obj: object) -> None:
    """Raise TypeError where something is not a machine's class."""
    if isinstance(obj, type) and issubclass(obj, Machine) and obj is not Machine:
        return
    if isinstance(obj, Machine):
        raise TypeError(f"this takes a machine's class, and got an instance of it: write `{type(obj).__name__}`")
    shown = obj.__qualname__ if isinstance(obj, type) else repr(obj)
    raise TypeError(f"{shown} is not a machine's class: a machine is written `class Counter(camshaft.Machine):`")


def migration(function: F) -> F:
    """Mark a function from one version's instance to the next one's as a migration, which `camshaft upgrade` finds.

    It stays a plain function: `split(Counter(count=3))` runs as Python.
    """
    setattr(function, MIGRATION_MARK, True)
    return function


def invariant(function: F) -> F:
    """Mark a method `def ok(self) -> bool` that changes nothing as an invariant: it is true of each state.

    A node checks it on every instance when an upgrade is made, and after each input while a rollout is under way. It
    stays a plain method.
    """
    setattr(function, INVARIANT_MARK, True)
    return function


def hidden(function: F) -> F:
    """Mark a method as one that adapters call, for clients of earlier versions, and clients of this version do not.

    It is no part of the machine's interface: a node refuses calls of it. It stays a plain method.
    """
    setattr(function, HIDDEN_MARK, True)
    return function


def check_invariants(machine: Machine) -> None:
    """Check the invariants of an object: in plain Python, of a simulation, or of an instance on a node.

    Raises AssertionError, which names the first one that is false; or what it raises itself.
    """
    for base in reversed(type(machine).__mro__):
        for name, function in vars(base).items():
            if getattr(function, INVARIANT_MARK, False) and not getattr(machine, name)():
                raise AssertionError(f"the invariant `{name}` is false of {machine!r}")


@overload
def adapter(  # type: ignore[overload-overlap]  # a class is a callable too; the first that fits counts
    serves: type[N],
) -> Callable[[Callable[[N], T]], Callable[[N], T]]: ...
@overload
def adapter(
    serves: Callable[Concatenate[Any, P], R],
) -> Callable[[Callable[Concatenate[Any, P], R]], Callable[Concatenate[Any, P], R]]: ...
def adapter(serves: Any) -> Any:
    """Mark a function as an adapter, by which clients of the version before are served after an upgrade.

    `@adapter(old.Counter.incr)`: it takes the new version's machine, and then what the old method took, and gives what
    that gave. It calls methods of the new version and sees no state. `@adapter(SoldOut)`: it takes a refusal of the new
    version and gives the one that clients of the old version are told instead.

    It stays a plain function: `incr(Counter(), 3)` runs as Python.
    """
    if not (isinstance(serves, FunctionType | property) or (isinstance(serves, type) and issubclass(serves, Refusal))):
        raise TypeError(
            "an adapter serves a method of the old version, `@adapter(old.Counter.incr)`, or tells a refusal of the "
            f"new one, `@adapter(SoldOut)`, not {serves!r}"
        )

    def mark(function: Any) -> Any:
        setattr(function, ADAPTER_MARK, serves)
        return function

    return mark
