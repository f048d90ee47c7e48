"""A program: one compiled version of a machine, as data.

Code is a flat sequence of numbers: an opcode, then its operands, which index the program's pools. Control is
structured (blocks, arms, loops, each closed by END), as in WebAssembly, so that one pass can check it.

A migration is a program too: it has no state and one query, `migrate`, from the old state to the new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final, TypeAlias

from camshaft.values.types import Record, Type

FORMAT_VERSION: Final = 1

Code: TypeAlias = tuple[int, ...]

INITIAL_CODE: Final = "the initial state"
"""How errors and notes name the code of the initial state."""


def function_code(name: str) -> str:
    """How errors and notes name the code of a function."""
    return f"function {name}"


def method_code(name: str) -> str:
    """How errors and notes name the code of a method."""
    return f"method {name}"


def shown_code(name: str) -> str:
    """How people are told of a code: by the name of its method or function alone."""
    return name if name == INITIAL_CODE else name.partition(" ")[2]


@dataclass(frozen=True, slots=True)
class Place:
    """A path into a slot: a field by its label, or None for the next dynamic key, a map's key or a list's index.

    `Place(0, ("stock", None))` is `self.stock[key]`.
    """

    slot: int
    steps: tuple[str | None, ...] = ()

    @property
    def key_count(self) -> int:
        """How many dynamic keys an operation at this place takes."""
        return self.steps.count(None)


@dataclass(frozen=True, slots=True)
class ConstantValue:
    """An entry of the pool of constants."""

    type: Type
    value: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal that a program can end a step with: its name and the record of its fields."""

    name: str
    payload: Record


@dataclass(frozen=True, slots=True)
class Function:
    """Code that other code of the program calls. It calls only functions before it."""

    name: str
    domain: Type
    codomain: Type
    code: Code


class MethodKind(Enum):
    """Whether a method may change the state."""

    COMMAND = "command"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a method; `default` is None where the caller must give it."""

    name: str
    type: Type
    default: ConstantValue | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """An input of the machine: what it takes, what it gives, how it can refuse, and its code."""

    name: str
    kind: MethodKind
    parameters: tuple[Parameter, ...]
    result: Type
    refusals: tuple[str, ...]
    """The names of the refusals that its code can raise, sorted."""
    code: Code

    @property
    def domain(self) -> Record:
        """The record of the parameters: what the code starts with in its register."""
        return Record((parameter.name, parameter.type) for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Pools:
    """What code refers to by index."""

    types: tuple[Type, ...] = ()
    labels: tuple[str, ...] = ()
    shapes: tuple[tuple[str, ...], ...] = ()
    """The labels of the records that code makes."""
    constants: tuple[ConstantValue, ...] = ()
    places: tuple[Place, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Program:
    """One compiled version of a machine. Its canonical bytes are in `encoding`, its id is the SHA-256 of them."""

    name: str
    state: Type
    initial: Code
    """From unit to the state of a new instance."""
    functions: tuple[Function, ...]
    methods: tuple[Method, ...]
    pools: Pools
    notes: dict[str, Any] = field(default_factory=dict, compare=False)
    """For people and tools (origin, source, docs): strings, numbers, lists and maps. Not part of the id."""
    invariants: tuple[str, ...] = ()
    """The names of the queries that are true of each state, sorted."""
    hidden: tuple[str, ...] = ()
    """The names of the methods that adapters call and clients do not: they are no part of the interface. Sorted."""

    @property
    def public_methods(self) -> tuple[Method, ...]:
        """The methods of the interface: all but those that are hidden."""
        return tuple(method for method in self.methods if method.name not in self.hidden)

    def method(self, name: str) -> Method | None:
        """The method of a name, or None."""
        return self._methods.get(name)

    def refusal(self, name: str) -> Refusal | None:
        """The refusal of a name, or None."""
        return self._refusals.get(name)

    @property
    def origin(self) -> str:
        """The SHA-256 of the typed source tree, in hex, or "" where the compiler left none."""
        origin = self.notes.get("origin", "")
        return origin if isinstance(origin, str) else ""

    @cached_property
    def _methods(self) -> dict[str, Method]:
        return {method.name: method for method in self.methods}

    @cached_property
    def _refusals(self) -> dict[str, Refusal]:
        return {refusal.name: refusal for refusal in self.pools.refusals}
