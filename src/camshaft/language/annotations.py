"""Annotations to types: what an author may write for a field, a parameter or a result, and what to write instead.

An annotation that Python has evaluated is read as the object it gave; one that is text, or stands in a file with
`from __future__ import annotations`, is read from its syntax with the names of its module.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from camshaft.language.defaults import check_constant, check_unshared, default_nodes, default_object, default_value
from camshaft.language.diagnostics import Code, Problem
from camshaft.language.enumerations import constant_of, enumeration, literal
from camshaft.language.keys import check_hashable
from camshaft.language.machine import Machine, Refusal
from camshaft.language.names import Site, is_class_variable, named_object
from camshaft.language.pasts import Was, annotated, check_no_past, check_unmarked, is_mark
from camshaft.language.pytypes import (
    NO_DEFAULT,
    PY_NONE,
    Field,
    PyClass,
    PyDict,
    PyEnum,
    PyFrozenSet,
    PyList,
    PyMachine,
    PySequence,
    PySet,
    PyTuple,
    PyType,
)
from camshaft.language.scalars import GENERIC, SCALARS, TYPES
from camshaft.language.source import SourceFile, Sources, annotated_names
from camshaft.language.unions import UnionProblem, union_of
from camshaft.language.unsupported import UNSUPPORTED_TYPES


class Annotations:
    """The types of one compilation: each class is described once."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self._classes: dict[type, PyClass] = {}
        self._enums: dict[type, PyEnum] = {}
        self._open: list[type] = []
        self.definitions: dict[type, tuple[SourceFile, ast.ClassDef]] = {}
        """The source of every class that was met: part of a program's origin."""

    # ---- from syntax -------------------------------------------------------------------------------------------------

    def resolve(self, site: Site, evaluated: object = NO_DEFAULT) -> PyType:
        """The type that an annotation stands for; `evaluated` is what Python made of it, if it did.

        Raises Problem.
        """
        if evaluated is not NO_DEFAULT and not isinstance(evaluated, str):
            return self.of_object(evaluated, site)
        node = site.node
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._of_text(node.value, site)
        if isinstance(node, ast.Constant) and node.value is None:
            return PY_NONE
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [self.resolve(Site(site.source, side, site.names)) for side in (node.left, node.right)]
            return self._union(sides, site)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, site)
        return self.of_object(named_object(site), site)

    def _of_text(self, text: str, site: Site) -> PyType:
        try:
            parsed = ast.parse(text, mode="eval").body
        except SyntaxError as error:
            raise site.problem(Code.ANNOTATION, f"`{text}` is not an annotation", TYPES) from error
        for part in ast.walk(parsed):
            # Positions inside a text are those of the annotation as a whole.
            ast.copy_location(part, site.node)
        return self.resolve(Site(site.source, parsed, site.names))

    def _subscript(self, node: ast.Subscript, site: Site) -> PyType:
        base = named_object(Site(site.source, node.value, site.names))
        given = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if base is tuple and len(given) == 2 and isinstance(given[1], ast.Constant) and given[1].value is Ellipsis:
            return PySequence(self.resolve(Site(site.source, given[0], site.names)))
        if base is typing.Literal:
            return literal([constant_of(one) for one in given], site)
        if base is typing.Annotated:
            check_unmarked(site, [is_mark(site.names, note) for note in given[1:]])
            return self.resolve(Site(site.source, given[0], site.names))
        if base not in (*GENERIC, typing.Optional):
            raise self._no_generic(base, site)
        arguments = [self.resolve(Site(site.source, one, site.names)) for one in given]
        return self._applied(base, arguments, site)

    # ---- from objects ------------------------------------------------------------------------------------------------

    def of_object(self, obj: object, site: Site) -> PyType:
        """The type that an evaluated annotation stands for. Raises Problem."""
        if isinstance(obj, str):
            return self._of_text(obj, site)
        if isinstance(obj, typing.ForwardRef):
            return self._of_text(obj.__forward_arg__, site)
        if typing.get_origin(obj) is not None:
            return self._of_generic(typing.get_origin(obj), typing.get_args(obj), site)
        if hasattr(obj, "__value__"):
            return self.of_object(obj.__value__, site)  # an alias made by a `type` statement
        if isinstance(obj, typing.NewType):
            return self.of_object(obj.__supertype__, site)  # which is all that it is when the program runs
        try:
            scalar = SCALARS.get(obj)
            bare = UNSUPPORTED_TYPES.get(obj)
        except TypeError:
            scalar = bare = None
        if scalar is not None:
            return scalar
        if bare is not None:
            raise site.problem(Code.ANNOTATION, f"`{_name(obj)}` is not a type of the language here", bare)
        if isinstance(obj, type):
            return self._of_class(obj, site)
        raise site.problem(Code.ANNOTATION, f"`{_name(obj)}` is not a type of the language", TYPES)

    def _of_generic(self, origin: object, arguments: tuple[Any, ...], site: Site) -> PyType:
        if origin is typing.Literal:
            return literal(arguments, site)
        if origin is typing.Annotated:
            check_unmarked(site, [isinstance(note, Was) for note in arguments[1:]])
            return self.of_object(arguments[0], site)
        if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            return PySequence(self.of_object(arguments[0], site))
        if origin is types.UnionType:
            origin = typing.Union
        if origin not in GENERIC:
            raise self._no_generic(origin, site)
        return self._applied(origin, [self.of_object(one, site) for one in arguments], site)

    def _applied(self, base: object, arguments: list[PyType], site: Site) -> PyType:
        if base is typing.Optional and len(arguments) == 1:
            return self._union([arguments[0], PY_NONE], site)
        if base is typing.Union:
            return self._union(arguments, site)
        if base is list and len(arguments) == 1:
            return PyList(arguments[0])
        if base is tuple:
            return PyTuple(tuple(arguments))
        if base is dict and len(arguments) == 2:
            key, value = arguments
            check_hashable(key, "the key of a dict", site)
            return PyDict(key, value)
        if base in (set, frozenset) and len(arguments) == 1:
            check_hashable(arguments[0], "a member of a set", site)
            return PySet(arguments[0]) if base is set else PyFrozenSet(arguments[0])
        raise site.problem(
            Code.ANNOTATION, f"`{_name(base)}` takes another number of types", "`list[T]`, `dict[K, V]`, `Optional[T]`"
        )

    def _union(self, arguments: list[PyType], site: Site) -> PyType:
        try:
            return union_of(arguments)
        except UnionProblem as problem:
            help_ = "wrap each in a frozen dataclass of its own name, and take the union of those"
            raise site.problem(Code.ANNOTATION, str(problem), help_) from problem

    def _no_generic(self, base: object, site: Site) -> Problem:
        help_ = UNSUPPORTED_TYPES.get(
            base, "the types that hold others are `list`, `dict`, `tuple`, `set`, `frozenset` and unions"
        )
        return site.problem(Code.ANNOTATION, f"`{_name(base)}` is not a type of the language", help_)

    # ---- classes -----------------------------------------------------------------------------------------------------

    def _of_class(self, cls: type, site: Site) -> PyType:
        if issubclass(cls, Machine):
            raise site.problem(
                Code.ANNOTATION,
                f"`{cls.__name__}` is a machine: machines are not values",
                "keep its key, a `str`, or the data itself in a dataclass",
            )
        if issubclass(cls, Refusal):
            raise site.problem(
                Code.ANNOTATION,
                f"`{cls.__name__}` is a refusal: it is raised, never stored",
                "raise it, and let the result be what is returned otherwise",
            )
        if issubclass(cls, enum.Enum):
            found = self._enums.get(cls)
            if found is None:
                source, node = self.define(cls)
                found = self._enums[cls] = enumeration(cls, node, Site(source, node, vars(sys.modules[cls.__module__])))
            return found
        if not dataclasses.is_dataclass(cls):
            own = cls.__module__.partition(".")[0] not in sys.stdlib_module_names
            raise site.problem(
                Code.CLASS,
                f"`{cls.__name__}` is not a dataclass, and other classes cannot be values",
                f"write `@dataclass` above `class {cls.__name__}`" if own else TYPES,
            )
        return self.dataclass(cls, site)

    def dataclass(self, cls: type, site: Site) -> PyClass:
        """The description of a dataclass. Raises Problem."""
        found = self._classes.get(cls)
        if found is None:
            if cls in self._open:
                names = [one.__name__ for one in self._open[self._open.index(cls) :]]
                raise site.problem(
                    Code.CLASS,
                    f"`{cls.__name__}` would contain itself: {' -> '.join([*names, cls.__name__])}",
                    "keep the parts in a dict by their keys, and hold keys instead of objects",
                )
            self._open.append(cls)
            try:
                frozen = bool(cls.__dataclass_params__.frozen)  # type: ignore[attr-defined]  # every dataclass has them
                found = self._classes[cls] = PyClass(cls, self._dataclass_fields(cls, site), frozen)
            finally:
                self._open.pop()
        return found

    def _dataclass_fields(self, cls: type, site: Site) -> tuple[Field, ...]:
        source, node = self.define(cls)
        at = Site(source, node, site.names)
        if not cls.__dataclass_params__.eq:  # type: ignore[attr-defined]  # as above
            raise at.problem(
                Code.CLASS, f"`{cls.__name__}` compares by identity, which values do not have", "leave `eq=False` out"
            )
        _check_metaclass(cls, at)
        self._check_body(cls, at, (object,))
        written = _annotation_nodes(node)
        defaults = default_nodes(node)
        names = vars(sys.modules[cls.__module__])
        fields = []
        for one in dataclasses.fields(cls):
            where = Site(source, written[one.name], names)
            if not one.init or not one.compare:
                raise where.problem(
                    Code.CLASS,
                    f"`{one.name}` needs to be given and compared like every other field of a value",
                    "leave `init=False` and `compare=False` out",
                )
            type_, was = self._of_field(where, one.type)
            given = Site(source, defaults.get(one.name, where.node), names)
            check_no_past(one.default, one.name, type_, written[one.name], given)
            default = self._field_default(one, type_, where, given)
            fields.append(Field(one.name, type_, default, bool(one.kw_only), was))
        return tuple(fields)

    def _field_default(self, one: dataclasses.Field[Any], type_: PyType, where: Site, written: Site) -> Any:
        default = default_object(one, written)
        if default is NO_DEFAULT:
            return NO_DEFAULT
        if one.default_factory is dataclasses.MISSING:
            check_unshared(default, where)
        return default_value(default, type_, where)

    def refusal(self, cls: type, site: Site) -> PyClass:
        """The description of a refusal's class. Raises Problem."""
        found = self._classes.get(cls)
        if found is None:
            source, node = self.define(cls)
            at = Site(source, node, site.names)
            _check_metaclass(cls, at)
            self._check_body(cls, at, (Refusal,))
            names = vars(sys.modules[cls.__module__])
            evaluated = inspect.get_annotations(cls)
            fields = []
            for name, annotation in _annotation_nodes(node).items():
                where = Site(source, annotation, names)
                if hasattr(Exception, name):
                    raise where.problem(
                        Code.CLASS,
                        f"`{name}` has a meaning of its own in Python's exceptions",
                        "name the field otherwise",
                    )
                type_ = self.resolve(where, evaluated.get(name, NO_DEFAULT))
                given = default_object(cls.__dict__.get(name, NO_DEFAULT), where)
                default = NO_DEFAULT if given is NO_DEFAULT else default_value(given, type_, where)
                fields.append(Field(name, type_, default))
            found = self._classes[cls] = PyClass(cls, tuple(fields))
        return found

    def machine(self, cls: type[Machine], report: Callable[[Problem], None] | None = None) -> PyMachine:
        """The type of a machine's state. Problems go to `report`, and the fields that have one are left out.

        Raises Problem where there is no `report`.
        """
        source, node = self.define(cls)
        names = vars(sys.modules[cls.__module__])
        fields = []
        for statement in node.body:
            if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                continue
            if statement.target.id.startswith("__") or is_class_variable(names, statement.annotation):
                continue  # Python has renamed it, which `programs` reports; or it is a constant
            try:
                fields.append(self._machine_field(cls, statement, statement.target.id, source, names))
            except Problem as problem:
                if report is None:
                    raise
                report(problem)
        return PyMachine(cls, tuple(fields))

    def _machine_field(
        self, cls: type, statement: ast.AnnAssign, name: str, source: SourceFile, names: Mapping[str, Any]
    ) -> Field:
        where = Site(source, statement.annotation, names)
        evaluated = inspect.get_annotations(cls)
        type_, was = self._of_field(where, evaluated.get(name, NO_DEFAULT))
        default: object = NO_DEFAULT
        if statement.value is not None:
            written = Site(source, statement.value, names)
            given = cls.__dict__.get(name, NO_DEFAULT)
            check_no_past(given, name, type_, statement.annotation, written)
            default = default_object(given, written)
        if default is NO_DEFAULT:
            raise where.problem(
                Code.DEFAULT,
                f"`{name}` has no default, so a new instance would have no value for it",
                f"write `{name}: {ast.unparse(statement.annotation)} = …` with what a new instance starts with",
            )
        check_constant(written)
        return Field(name, type_, default_value(default, type_, written), was=was)

    def _of_field(self, where: Site, evaluated: object) -> tuple[PyType, str]:
        """The type of a field, and what it was called before. Raises Problem."""
        site, inner, was = annotated(where, evaluated)
        return self.resolve(site, inner), was

    def define(self, cls: type) -> tuple[SourceFile, ast.ClassDef]:
        """The source of a class, which becomes part of the program's origin. Raises Problem."""
        found = self.definitions.get(cls)
        if found is None:
            found = self.definitions[cls] = self.sources.of_class(cls)
        return found

    def described(self) -> list[PyClass]:
        """The classes of values and refusals that were met so far, in this order."""
        return list(self._classes.values())

    def fields_of(self, cls: type) -> tuple[Field, ...]:
        """The fields of a class of values or a refusal that was described before. An enum has none."""
        return () if cls in self._enums else self._classes[cls].fields

    @property
    def enums(self) -> tuple[PyEnum, ...]:
        """The enums that were met."""
        return tuple(self._enums.values())

    def _check_body(self, cls: type, at: Site, bases: tuple[type, ...]) -> None:
        if cls.__bases__ != bases:
            other = next(base for base in cls.__bases__ if base not in bases)
            raise at.problem(
                Code.CLASS,
                f"`{cls.__name__}` inherits from `{other.__name__}`: classes of values do not inherit",
                "write its fields out, or hold the other object in a field",
            )
        assert isinstance(at.node, ast.ClassDef)
        for child in at.node.body:
            if not isinstance(child, ast.FunctionDef) or (child.name, bases) == ("__str__", (object,)):
                continue
            if child.name.startswith("__"):
                raise Site(at.source, child, at.names).problem(
                    Code.CLASS,
                    f"`{cls.__name__}.{child.name}` would change what its objects mean",
                    "leave it out: values are compared and shown by their fields",
                )
        if annotated_names(at.node) != list(inspect.get_annotations(cls)):
            raise at.problem(
                Code.STALE, f"`{cls.__name__}` in this file is not what was imported", "import the file again"
            )


def _annotation_nodes(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        statement.target.id: statement.annotation
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }


def _name(obj: object) -> str:
    return getattr(obj, "__name__", None) or str(obj)


def _check_metaclass(cls: type, site: Site) -> None:
    """Refuse a class whose calls and attributes may mean anything. Raises Problem."""
    if type(cls) is not type:
        raise site.problem(
            Code.CLASS,
            f"`{cls.__name__}` has the metaclass `{type(cls).__name__}`, which can change what it means",
            "leave the metaclass out",
        )
