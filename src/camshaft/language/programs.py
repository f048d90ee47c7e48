"""From a machine's class, or a migration, to its program: what the commands, the clients and `simulate` call."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import FunctionType
from typing import Any, Final

from camshaft.bytecode.line_map import FILE_NOTE
from camshaft.bytecode.program import ConstantValue, Parameter, Program
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource, assemble
from camshaft.category.terms import Call, Constant, Fork, Project, Term, compose
from camshaft.errors import Rejected
from camshaft.language.annotations import Annotations
from camshaft.language.diagnostics import Code, CompileError, Problem
from camshaft.language.machine import Machine
from camshaft.language.methods import Lowering, lower_body, order, problem, signature
from camshaft.language.origin import origin_of
from camshaft.language.pytypes import NO_DEFAULT, PyClass, PyMachine, core
from camshaft.language.scan import self_calls
from camshaft.language.source import Sources, annotated_names, methods_of
from camshaft.language.unit import Signature, Unit
from camshaft.language.unsupported import unsupported
from camshaft.values.types import UNIT, Record

_CACHE: Final = "__camshaft_compiled__"
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,63}")


@dataclass(frozen=True)
class CompiledMachine:
    """A machine's program, and the Python types that lead to it and back.

    `methods`: the public ones by name; `state_type_py`: the type of an instance; `refusals` and `refusal_types`: the
    classes of the refusals, and the types of their fields, by the names by which they travel.
    """

    cls: type[Machine]
    name: str
    program: Program
    methods: dict[str, Signature]
    state_type_py: PyMachine
    refusals: dict[str, type]
    refusal_types: dict[str, PyClass]


@dataclass(frozen=True)
class CompiledMigration:
    """A migration's program, and the two versions that it leads from and to."""

    function: FunctionType
    old: CompiledMachine
    new: CompiledMachine
    program: Program


def compile_machine(cls: type[Machine], sources: Sources | None = None) -> CompiledMachine:
    """Compile a machine's class; a class is compiled once.

    Raises:
        CompileError: with all that the compiler refuses in it.
    """
    cached = cls.__dict__.get(_CACHE)
    if isinstance(cached, CompiledMachine):
        return cached
    compiled = _compile(cls, sources or Sources())
    setattr(cls, _CACHE, compiled)
    return compiled


def _compile(cls: type[Machine], sources: Sources) -> CompiledMachine:
    annotations = Annotations(sources)
    try:
        source, node = annotations.define(cls)
    except Problem as error:
        raise _refused(error) from error
    unit = Unit(source, vars(sys.modules[cls.__module__]), annotations)
    inside = cls.__name__
    functions = _check_class(unit, cls, node)
    unit.machine = annotations.machine(cls, lambda found: unit.report(found, inside))
    unit.broken_fields = set(annotated_names(node)) - {field.name for field in unit.machine.fields}
    running = methods_of(cls)
    for name, definition in functions.items():
        try:
            unit.signatures[name] = signature(unit, definition, running[name], bound=True)
        except Problem as error:
            unit.report(error, f"{inside}.{name}")
    lowered: dict[str, Lowering] = {}
    for name in order(unit):
        lowered[name] = lower_body(unit, unit.signatures[name])
        unit.behaviours[name] = lowered[name].behaviour
    if unit.diagnostics:
        raise CompileError(unit.diagnostics)
    machine = unit.machine
    name = cls.__camshaft__.name
    notes = {
        "origin": origin_of(unit, machine, name),
        "source": source.segment(node),
        "class": cls.__name__,
        "docs": _docs(cls, functions),
        FILE_NOTE: source.path.name,
    }
    terms = _program_source(unit, machine, name, lowered, notes)
    program = _checked(unit, node, replace(terms, lines=unit.lines, line=node.lineno))
    public = {key: found for key, found in unit.signatures.items() if found.is_public}
    refusals = {key: found.cls for key, found in unit.refusals.items()}
    return CompiledMachine(cls, name, program, public, machine, refusals, unit.refusals)


def _refused(error: Problem) -> CompileError:
    return CompileError([] if error.diagnostic is None else [error.diagnostic])


# ---- the class -------------------------------------------------------------------------------------------------------


def _check_class(unit: Unit, cls: type[Machine], node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    """The methods of a class; everything in its body that cannot be in a machine is reported."""
    name = cls.__camshaft__.name

    def refuse(message: str, where: ast.AST, help_: str, code: Code = Code.MACHINE) -> None:
        unit.report(problem(unit, code, message, where, help_), cls.__name__)

    if cls.__bases__ != (Machine,):
        others = ", ".join(f"`{base.__name__}`" for base in cls.__bases__ if base is not Machine)
        refuse(f"a machine does not inherit from {others}", node, "write `class Name(Machine):` and its fields out")
    if not _NAME.fullmatch(name):
        refuse(
            f"`{name}` cannot be a machine's name: a letter, then letters, digits and `-`, at most 64",
            node,
            f'name it: `class {cls.__name__}(Machine, name="…")`',
        )
    for decorator in node.decorator_list:
        refuse("a machine's class has no decorators", decorator, "leave it out")
    if type(cls) is not type:
        refuse(f"a machine has no metaclass, and this has `{type(cls).__name__}`", node, "leave it out")
    functions: dict[str, ast.FunctionDef] = {}
    fields: set[str] = set()
    for statement in node.body:
        match statement:
            case ast.FunctionDef():
                if _check_method(statement, functions, refuse):
                    functions[statement.name] = statement
            case ast.AnnAssign(target=ast.Name(id=field)):
                _check_field(statement, field, fields, refuse)
            case ast.Assign():
                refuse(
                    "a field needs a type", statement, "write `name: int = 0`; a constant stands outside of the class"
                )
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.AsyncFunctionDef():
                reason = unsupported(statement)
                refuse(reason.message, statement, reason.help, Code.UNSUPPORTED)
            case _:
                refuse("a machine's class holds fields and methods only", statement, "write it outside of the class")
    return functions


def _check_field(node: ast.AnnAssign, name: str, known: set[str], refuse: Any) -> None:
    if name.startswith("__"):
        refuse(f"Python renames `{name}` within a class", node, f"name it `{name.lstrip('_')}`")
    if name in known:
        refuse(f"the field `{name}` is declared twice, and Python keeps only the second", node, "rename one of them")
    known.add(name)


def _check_method(node: ast.FunctionDef, known: dict[str, ast.FunctionDef], refuse: Any) -> bool:
    if node.name.startswith("__"):
        help_ = "fields have defaults: `count: int = 0`" if node.name == "__init__" else "give it a name without `__`"
        refuse(f"`{node.name}` has a meaning of its own in Python, which a machine does not have", node, help_)
    elif node.decorator_list:
        refuse("decorators are not supported yet", node.decorator_list[0], "leave it out: a method is a plain `def`")
    elif node.name in known:
        refuse(f"`{node.name}` is defined twice, and Python keeps only the second", node, "rename one of them")
    else:
        return True
    return False


def _docs(cls: type, functions: dict[str, ast.FunctionDef]) -> dict[str, str]:
    """The docstrings: the class's under "", each method's under its name."""
    found = {"": inspect.cleandoc(cls.__doc__) if cls.__doc__ else ""}
    found.update({name: ast.get_docstring(node) or "" for name, node in functions.items()})
    return {name: text for name, text in found.items() if text}


# ---- the program -----------------------------------------------------------------------------------------------------


def _program_source(
    unit: Unit, machine: PyMachine, name: str, lowered: dict[str, Lowering], notes: dict[str, Any]
) -> ProgramSource:
    called = {target for found in unit.signatures.values() for target, _ in self_calls(found.node.body)}
    functions = []
    methods = []
    for key, lowering in lowered.items():
        found = unit.signatures[key]
        parameters = _parameters(found)
        body: Term = lowering.term
        if key in called:
            domain = Record((one.name, one.type) for one in parameters)
            functions.append(FunctionSource(key, domain, core(found.result), body, found.node.lineno))
            body = Call(key)
        if found.is_public:
            methods.append(MethodSource(key, parameters, core(found.result), body, found.node.lineno))
    # Methods in the order of the class, whatever calls what.
    methods.sort(key=lambda method: list(unit.signatures).index(method.name))
    initial = Constant(core(machine), tuple(field.default for field in machine.fields))
    return ProgramSource(name, core(machine), initial, tuple(functions), tuple(methods), notes)


def _parameters(found: Signature) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            one.name,
            core(one.type),
            None if one.default is NO_DEFAULT else ConstantValue(core(one.type), one.default),
        )
        for one in found.parameters
    )


def _checked(unit: Unit, node: ast.AST, source: ProgramSource) -> Program:
    program = assemble(source)
    try:
        verify(program)
    except Rejected as error:
        # Not a fault: the limits on size and nesting are the verifier's, and only it knows where code meets them.
        found = problem(unit, Code.TOO_DEEP, f"no node would take this program: {error}", node, "split it up")
        raise _refused(found) from error
    return program


# ---- migrations ------------------------------------------------------------------------------------------------------


def compile_migration(function: Callable[..., Any], sources: Sources | None = None) -> CompiledMigration:
    """Compile a function from one version's instance to the next one's.

    Raises:
        CompileError: with all that the compiler refuses in it, or in either version.
        TypeError: it is not a plain function.
    """
    if not isinstance(function, FunctionType):
        raise TypeError(f"a migration is a plain function, and {function!r} is not")
    sources = sources or Sources()
    annotations = Annotations(sources)
    try:
        source, node = sources.of_function(function)
        unit = Unit(source, function.__globals__, annotations)
        found = signature(unit, node, function, bound=False)
        old, new = _ends(unit, found)
    except Problem as error:
        raise _refused(error) from error
    versions = compile_machine(_machine_class(old), sources), compile_machine(_machine_class(new), sources)
    unit.constructible = new
    lowering = lower_body(unit, found)
    if unit.diagnostics:
        raise CompileError(unit.diagnostics)
    given = found.parameters[0].name
    body = lowering.term if given == "was" else compose(Fork(((given, Project("was")),)), lowering.term)
    migrate = MethodSource("migrate", (Parameter("was", core(old)),), core(new), body, node.lineno)
    notes = {"source": source.segment(node), "class": function.__name__, FILE_NOTE: source.path.name}
    terms = ProgramSource("migration", UNIT, Fork(()), (), (migrate,), notes, unit.lines, node.lineno)
    program = _checked(unit, node, terms)
    return CompiledMigration(function, *versions, program)


def _machine_class(type_: PyMachine) -> type[Machine]:
    assert issubclass(type_.cls, Machine)
    return type_.cls


def _ends(unit: Unit, found: Signature) -> tuple[PyMachine, PyMachine]:
    types = [one.type for one in found.parameters]
    if len(types) == 1 and isinstance(types[0], PyMachine) and isinstance(found.result, PyMachine):
        return types[0], found.result
    raise problem(
        unit,
        Code.MIGRATION,
        f"`{found.name}` is not a migration: it takes one machine, the old version, and returns one, the new version",
        found.node,
        "write `def migrate(was: old_module.Counter) -> Counter:`",
        found.name,
    )
