"""What one compilation works on: a file, its names, the machine's methods, and the diagnostics found so far."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import FunctionType
from typing import Any

from camshaft.category.source_lines import SourceLines
from camshaft.category.terms import Term
from camshaft.language.annotations import Annotations
from camshaft.language.change import Change
from camshaft.language.diagnostics import Diagnostic, Problem
from camshaft.language.lowered import SELF, Path
from camshaft.language.machine import Machine
from camshaft.language.pytypes import NO_DEFAULT, PY_BOOL, PyClass, PyMachine, PyTuple, PyType
from camshaft.language.source import SourceFile


@dataclass(frozen=True, slots=True)
class ParameterSignature:
    """A parameter: `default` is its default as a value, `NO_DEFAULT` where the caller must give it."""

    name: str
    type: PyType
    default: Any = NO_DEFAULT
    keyword_only: bool = False


@dataclass(frozen=True, slots=True)
class GivenPlace:
    """Places in the state of one shape, as results of methods are at: the way to them, and the types of the keys on
    it."""

    steps: Path
    keys: tuple[PyType, ...]

    @property
    def type(self) -> PyTuple:
        """What a function gives that tells one: whether there is a result, then its keys."""
        return PyTuple((PY_BOOL, *self.keys))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the object of a dataclass's method stands, as a version of it for such places takes it for granted."""

    machine: PyMachine
    owner: PyType
    place: GivenPlace


def key_parameters(place: GivenPlace) -> tuple[ParameterSignature, ...]:
    """The keys of an object's place as the first parameters of a version, under names that no others have."""
    return tuple(ParameterSignature(f"{SELF}.{number}", key) for number, key in enumerate(place.keys))


@dataclass(frozen=True, slots=True)
class Signature:
    """A method's parameters and result, without `self`; a dataclass's method has its object as the first of them.

    `of_object`: it is a dataclass's method. `changes_object`: and changes its object, which it gives with its result.
    `standing`: it is a version of one that uses its object where that stands, and has the keys to it as the first
    parameters instead. `gives_place`: a version that gives the place of its result.
    """

    name: str
    parameters: tuple[ParameterSignature, ...]
    result: PyType
    node: ast.FunctionDef
    is_property: bool = False
    is_invariant: bool = False
    is_hidden: bool = False
    of_object: bool = False
    changes_object: bool = False
    standing: Standing | None = None
    gives_place: bool = False

    @property
    def gives(self) -> PyType:
        """What its term gives: its result, after the changed object where it changes one."""
        return PyTuple((self.parameters[0].type, self.result)) if self.changes_object else self.result

    @property
    def is_public(self) -> bool:
        """Whether the method is an input of the machine; others are helpers of the public ones."""
        return not self.name.startswith("_")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What callers of a method must know of its body.

    `writes`: the fields it may change; `changes`: how, in paths from `self` or the object of a dataclass's
    method. `stores`: the parameters that live on in the state, or in the result; `alters`: those that may be changed
    there. `takes`: whether it takes anything out of its place; `altered`: of each object that it changes, its own too,
    the types on the way to it. `returns`: the places of others that the result may be or hold; `returns_new`: it only
    holds them.
    `stored_in`: each of those that live on with a field of the object that may have it, None where it may be anywhere.
    """

    writes: frozenset[str] = frozenset()
    changes: frozenset[Change] = frozenset()
    stores: frozenset[str] = frozenset()
    alters: frozenset[str] = frozenset()
    takes: bool = False
    altered: frozenset[tuple[PyType | None, ...]] = frozenset()
    returns: frozenset[Path] = frozenset()
    returns_new: bool = False
    stored_in: frozenset[tuple[str, str | None]] = frozenset()

    def fields_of(self, parameter: str) -> frozenset[str] | None:
        """The fields of the object one of which has what was given for a parameter, None where it may be anywhere."""
        found = [field for name, field in self.stored_in if name == parameter]
        return None if not found or None in found else frozenset(field for field in found if field is not None)


@dataclass(frozen=True, slots=True)
class Lowering:
    """A method's term, from the record of its parameters to its result, and what its callers must know."""

    term: Term
    behaviour: Behaviour
    place: GivenPlace | None = None
    """Where its results are, if that is what it gives."""


@dataclass(frozen=True, slots=True)
class PlaceGiver:
    """A method as a function that tells the place of its result: its name in the program, and its term."""

    key: str
    place: GivenPlace
    term: Term


@dataclass(slots=True, eq=False)
class Function:
    """A function of a module, or a method of a dataclass, that the machine's methods call.

    `key` is its name in the program, `shown` its name in messages, `unit` what its file makes of the names in it.
    `signature` has the object that a method is called on as its first parameter. `lowering` is None until then.
    `versions`: of a dataclass's method, those that use its object where that stands, for places of a shape, and
    whether they give the place of their result.
    """

    key: str
    shown: str
    unit: Unit
    signature: Signature
    lowering: Lowering | None = None
    in_circle: bool = False
    """Whether it was found to call itself, which has been reported: then it counts as lowered."""
    versions: dict[tuple[GivenPlace, bool], Function] = field(default_factory=dict)
    is_refused: bool = False
    """Whether this is a version that cannot be: its callers take the method itself."""


@dataclass(slots=True)
class Program:
    """What all files of one program share: its functions in the order in which each calls only those before it."""

    functions: dict[FunctionType, Function] = field(default_factory=dict)
    lowered: list[Function] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """The names of methods and functions that are taken."""
    drawing: set[str] = field(default_factory=set)
    """Those of them that were lowered and draw."""
    is_migration: bool = False
    """Whether it is a migration's: no part of it runs as a step."""


@dataclass(slots=True)
class Unit:
    """One machine, migration or function while it is compiled: what its own file says, and what all files share."""

    source: SourceFile
    names: Mapping[str, Any]
    annotations: Annotations
    machine: PyMachine | None = None
    prefix: str = ""
    """What stands before a method's name in messages: `Counter.`"""
    program: Program = field(default_factory=Program)
    broken_fields: set[str] = field(default_factory=set)
    """Fields of the machine that have a problem of their own: what uses them is not reported again."""
    constructible: PyMachine | None = None
    """The machine whose instances may be made here: a migration's result."""
    told: PyClass | None = None
    """The refusal that may be made here as a value: what an adapter of a refusal gives."""
    sees_state: bool = True
    """Whether the machine's fields may be used here: an adapter calls its methods only."""
    signatures: dict[str, Signature] = field(default_factory=dict)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    """The methods that were lowered before, which are those that may be called."""
    place_givers: dict[str, PlaceGiver] = field(default_factory=dict)
    """The methods whose results are at places, which is what their callers get."""
    refusals: dict[str, PyClass] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    """The constants of the module that the code uses, by name: part of the origin."""
    lines: SourceLines = field(default_factory=SourceLines)
    """The lines of what was lowered, which traps and refusals name when it runs."""
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def of_file(self, source: SourceFile, names: Mapping[str, Any], prefix: str = "") -> Unit:
        """The unit of a function outside of the machine, in its own file: it sees no `self`."""
        return replace(
            self,
            source=source,
            names=names,
            prefix=prefix,
            machine=None,
            broken_fields=set(),
            constructible=None,
            told=None,
            signatures={},
            behaviours={},
            place_givers={},
        )

    def report(self, problem: Problem, inside: str) -> None:
        """Keep a problem's diagnostic, unless it was reported before."""
        found = problem.diagnostic
        if found is not None:
            self.diagnostics.append(
                found
                if found.inside
                else Diagnostic(found.code, found.message, found.primary, inside, found.secondary, found.help)
            )

    def is_machine(self, obj: object) -> bool:
        """Whether something is a machine's class."""
        return isinstance(obj, type) and issubclass(obj, Machine)


def free_key(unit: Unit, wanted: str) -> str:
    """A name for a function that nothing else in the program has."""
    names = unit.program.names
    key, number = wanted, 1
    while key in names:
        number += 1
        key = f"{wanted}_{number}"
    names.add(key)
    return key
