"""From a machine's class, or a migration, to its program: what the commands, the clients and `simulate` call."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import FunctionType
from typing import Any, Final

from camshaft.bytecode.encoding import program_id
from camshaft.bytecode.line_map import FILE_NOTE, HOMES_NOTE
from camshaft.bytecode.program import ConstantValue, Parameter, Program
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource, assemble
from camshaft.category.terms import Call, Constant, Fork, Project, Term, compose
from camshaft.errors import Rejected
from camshaft.language.annotations import Annotations
from camshaft.language.diagnostics import Code, CompileError, Problem
from camshaft.language.functions import drop_uncalled, foreseen, lower_function, settled
from camshaft.language.machine import Machine, check_machine
from camshaft.language.machine_body import check_class, docs, is_hidden, is_invariant, is_property
from camshaft.language.methods import called_methods, lower_body, lower_place_giver, order
from camshaft.language.origin import origin_of
from camshaft.language.pytypes import NO_DEFAULT, PyClass, PyMachine, core, is_mutable
from camshaft.language.repeating import note_draws
from camshaft.language.signatures import problem, signature
from camshaft.language.source import Sources, annotated_names, methods_of
from camshaft.language.stubs import check_version, is_stub, lower_stub
from camshaft.language.unit import Behaviour, Lowering, Signature, Unit
from camshaft.values.collector import without_collections
from camshaft.values.types import BOOL, UNIT, Record

_CACHE: Final = "__camshaft_compiled__"


@dataclass(frozen=True)
class CompiledMachine:
    """A machine's program, and the Python types that lead to it and back.

    `methods`: the public ones by name; `state_type_py`: the type of an instance; `refusals` and `refusal_types`: the
    classes of the refusals, and the types of their fields, by the names by which they travel; `function_files`: where
    the functions are written that stand outside of the class, by their names in the program; `behaviours`: what those
    who call its methods must know of them.
    """

    cls: type[Machine]
    name: str
    program: Program
    methods: dict[str, Signature]
    state_type_py: PyMachine
    refusals: dict[str, type]
    refusal_types: dict[str, PyClass]
    function_files: dict[str, str]
    behaviours: dict[str, Behaviour]

    @property
    def version(self) -> str:
        """The id of the program that this is: of a stub, that of the one whose types it has."""
        return self.cls.__camshaft__.version or program_id(self.program)

    def to_run(self) -> Program:
        """The program, where there is code in it. Raises Rejected where the class is a stub."""
        if is_stub(self.cls):
            raise Rejected(
                f"`{self.cls.__qualname__}` is a stub of {self.name} {self.version[:12]}: it has types and no code, "
                "for migrations from that version; nothing runs it"
            )
        return self.program


@dataclass(frozen=True)
class CompiledMigration:
    """A migration's program, and the two versions that it leads from and to."""

    function: FunctionType
    old: CompiledMachine
    new: CompiledMachine
    program: Program
    source: ProgramSource
    """The terms that the program is assembled from."""


def compile_machine(cls: type[Machine], sources: Sources | None = None) -> CompiledMachine:
    """Compile a machine's class; a class is compiled once.

    Raises:
        CompileError: with all that the compiler refuses in it.
        TypeError: it is not a machine's class.
    """
    check_machine(cls)
    cached = cls.__dict__.get(_CACHE)
    if isinstance(cached, CompiledMachine):
        return cached
    with without_collections():
        compiled = _compile(cls, sources or Sources())
    setattr(cls, _CACHE, compiled)
    return compiled


def _compile(cls: type[Machine], sources: Sources) -> CompiledMachine:
    annotations = Annotations(sources)
    try:
        source, node = annotations.define(cls)
    except Problem as error:
        raise refused(error) from error
    unit = Unit(source, vars(sys.modules[cls.__module__]), annotations)
    inside = cls.__name__
    functions = check_class(unit, cls, node)
    unit.prefix = f"{inside}."
    unit.machine = annotations.machine(cls, lambda found: unit.report(found, inside))
    unit.broken_fields = set(annotated_names(node)) - {field.name for field in unit.machine.fields}
    running = methods_of(cls)
    for name, definition in functions.items():
        try:
            unit.signatures[name] = _method_signature(unit, definition, running[name])
        except Problem as error:
            unit.report(error, f"{inside}.{name}")
    lowered: dict[str, Lowering] = {}
    unit.program.names.update(unit.signatures)
    check_version(unit, cls, node)
    if is_stub(cls):
        _lower_stub(unit, lowered)
    else:
        _lower_methods(unit, lowered)
    if unit.diagnostics:
        raise CompileError(unit.diagnostics)
    machine = unit.machine
    name = cls.__camshaft__.name
    origin = origin_of(unit, machine, name)
    drop_uncalled(unit, [*(one.term for one in lowered.values()), *(one.term for one in unit.place_givers.values())])
    notes = {
        "origin": origin,
        "source": source.segment(node),
        "class": cls.__name__,
        "docs": docs(cls, functions),
        FILE_NOTE: source.path.name,
        **homes_note(unit),
    }
    terms = _program_source(unit, machine, name, lowered, notes)
    program = checked_program(unit, node, replace(terms, lines=unit.lines, line=node.lineno))
    public = {key: found for key, found in unit.signatures.items() if found.is_public}
    refusals = {key: found.cls for key, found in unit.refusals.items()}
    files = {one.key: str(one.unit.source.path) for one in unit.program.lowered}
    return CompiledMachine(cls, name, program, public, machine, refusals, unit.refusals, files, unit.behaviours)


def _lower_methods(unit: Unit, lowered: dict[str, Lowering]) -> None:
    lower_functions(unit, [found.node for found in unit.signatures.values()])
    called = called_methods(unit)
    for name in order(unit):
        if name in called and is_mutable(unit.signatures[name].result):
            giver = settled(unit, partial(lower_place_giver, unit, unit.signatures[name]), lower_body)
            if giver is not None:
                unit.place_givers[name] = giver
                note_draws(unit, giver.key, giver.term)
        lowered[name] = settled(unit, partial(lower_body, unit, unit.signatures[name]), lower_body)
        note_draws(unit, name, lowered[name].term)
        unit.behaviours[name] = lowered[name].behaviour
        _check_unchanging(unit, name)


def _lower_stub(unit: Unit, lowered: dict[str, Lowering]) -> None:
    for name, found in unit.signatures.items():
        try:
            lowered[name] = lower_stub(unit, found)
        except Problem as error:
            unit.report(error, f"{unit.prefix}{name}")


def _method_signature(unit: Unit, node: ast.FunctionDef, function: FunctionType) -> Signature:
    found = signature(unit, node, function, bound=True)
    read = any(is_property(unit, decorator) for decorator in node.decorator_list)
    if read and found.parameters:
        message = f"the property `{node.name}` takes parameters, and nobody could give them"
        raise problem(unit, Code.MACHINE, message, node, "make it a method: leave `@property` out")
    marked = any(is_invariant(unit, decorator) for decorator in node.decorator_list)
    if marked and (read or found.parameters or not found.is_public or core(found.result) is not BOOL):
        message = f"`{node.name}` is not an invariant: that is a public method without parameters that returns a bool"
        raise problem(unit, Code.MACHINE, message, node, "write `@invariant` over `def ok(self) -> bool:`")
    hides = any(is_hidden(unit, decorator) for decorator in node.decorator_list)
    if hides and (marked or not found.is_public):
        what = "an invariant" if marked else "a helper, which nobody calls but the machine itself"
        message = f"`{node.name}` is marked with `@hidden`, and is {what}"
        raise problem(unit, Code.MACHINE, message, node, "leave `@hidden` out: it is for methods that adapters call")
    return replace(found, is_property=read, is_invariant=marked, is_hidden=hides)


def _check_unchanging(unit: Unit, name: str) -> None:
    found, changed = unit.signatures[name], sorted(unit.behaviours[name].writes)
    if found.is_invariant and changed:
        unit.report(
            problem(
                unit,
                Code.MACHINE,
                f"the invariant `{name}` changes `self.{changed[0]}`, and checking one must not change anything",
                found.node,
                "leave the change out, or `@invariant`",
            ),
            f"{unit.prefix}{name}",
        )
    if found.is_property and changed:
        unit.report(
            problem(
                unit,
                Code.MACHINE,
                f"the property `{name}` changes `self.{changed[0]}`, and reading one must not change anything",
                found.node,
                "make it a method: leave `@property` out",
            ),
            f"{unit.prefix}{name}",
        )


def lower_functions(unit: Unit, definitions: list[ast.FunctionDef]) -> None:
    """Lower what definitions seem to call, so that none of them has to be lowered twice."""
    for function in foreseen(unit, definitions):
        if function.lowering is None:
            lower_function(unit, function, lower_body)


def functions_of(unit: Unit) -> tuple[FunctionSource, ...]:
    """The functions outside of the machine, each after those that it calls."""
    functions = []
    for one in unit.program.lowered:
        assert one.lowering is not None
        domain = Record((parameter.name, core(parameter.type)) for parameter in one.signature.parameters)
        line = one.signature.node.lineno
        gives = one.signature.gives if one.lowering.place is None else one.lowering.place.type
        functions.append(FunctionSource(one.key, domain, core(gives), one.lowering.term, line))
    return tuple(functions)


def homes_note(unit: Unit) -> dict[str, Any]:
    """The note of where the functions outside of the machine are written."""
    homes = {one.key: [one.unit.source.path.name, one.signature.name] for one in unit.program.lowered}
    homes |= {giver.key: [unit.source.path.name, name] for name, giver in unit.place_givers.items()}
    return {HOMES_NOTE: homes} if homes else {}


def refused(error: Problem) -> CompileError:
    return CompileError([] if error.diagnostic is None else [error.diagnostic])


# ---- the program -----------------------------------------------------------------------------------------------------


def _program_source(
    unit: Unit, machine: PyMachine, name: str, lowered: dict[str, Lowering], notes: dict[str, Any]
) -> ProgramSource:
    called = called_methods(unit)
    functions = list(functions_of(unit))
    methods = []
    for key, lowering in lowered.items():
        found = unit.signatures[key]
        parameters = _parameters(found)
        body: Term = lowering.term
        giver = unit.place_givers.get(key)
        if giver is not None:
            domain = Record((one.name, one.type) for one in parameters)
            functions.append(FunctionSource(giver.key, domain, core(giver.place.type), giver.term, found.node.lineno))
        elif key in called:
            domain = Record((one.name, one.type) for one in parameters)
            functions.append(FunctionSource(key, domain, core(found.result), body, found.node.lineno))
            body = Call(key)
        if found.is_public:
            methods.append(MethodSource(key, parameters, core(found.result), body, found.node.lineno))
    # Methods in the order of the class, whatever calls what.
    methods.sort(key=lambda method: list(unit.signatures).index(method.name))
    initial = Constant(core(machine), tuple(field.default for field in machine.fields))
    invariants = tuple(key for key, found in unit.signatures.items() if found.is_invariant)
    hidden = tuple(key for key, found in unit.signatures.items() if found.is_hidden)
    state, whole = core(machine), (tuple(functions), tuple(methods))
    return ProgramSource(name, state, initial, *whole, notes, invariants=invariants, hidden=hidden)


def _parameters(found: Signature) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(
            one.name,
            core(one.type),
            None if one.default is NO_DEFAULT else ConstantValue(core(one.type), one.default),
        )
        for one in found.parameters
    )


def checked_program(unit: Unit, node: ast.AST, source: ProgramSource) -> Program:
    program = assemble(source)
    try:
        verified = verify(replace(program, invariants=()))
    except Rejected as error:
        # Not a fault: the limits on size and nesting are the verifier's, and only it knows where code meets them.
        found = problem(unit, Code.TOO_DEEP, f"no node would take this program: {error}", node, "split it up")
        raise refused(found) from error
    for name in program.invariants:
        if verified.methods[name].code.effects.asks_occasion:
            message = f"the invariant `{name}` asks for the time, the key or a random number, which belong to a step"
            help_ = "an invariant is true of a state, whenever it is checked: keep the time in a field"
            raise refused(problem(unit, Code.MACHINE, message, unit.signatures[name].node, help_))
    return program


# ---- migrations ------------------------------------------------------------------------------------------------------


def compile_migration(function: Callable[..., Any], sources: Sources | None = None) -> CompiledMigration:
    """Compile a function from one version's instance to the next one's; a function is compiled once.

    Raises:
        CompileError: with all that the compiler refuses in it, or in either version.
        TypeError: it is not a plain function.
    """
    if not isinstance(function, FunctionType):
        raise TypeError(f"a migration is a plain function, and {function!r} is not")
    compiled = vars(function).get(_CACHE)
    if not isinstance(compiled, CompiledMigration):
        with without_collections():
            compiled = _compile_migration(function, sources or Sources())
        setattr(function, _CACHE, compiled)
    return compiled


def _compile_migration(function: FunctionType, sources: Sources) -> CompiledMigration:
    annotations = Annotations(sources)
    try:
        source, node = sources.of_function(function)
        unit = Unit(source, function.__globals__, annotations)
        found = signature(unit, node, function, bound=False, migration=True)
        old, new = _ends(unit, found)
    except Problem as error:
        raise refused(error) from error
    versions = compile_machine(_machine_class(old), sources), compile_machine(_machine_class(new), sources)
    unit.constructible = new
    unit.program.is_migration = True
    lower_functions(unit, [node])
    lowering = settled(unit, partial(lower_body, unit, found), lower_body)
    if unit.diagnostics:
        raise CompileError(unit.diagnostics)
    given = found.parameters[0].name
    body = lowering.term if given == "was" else compose(Fork(((given, Project("was")),)), lowering.term)
    migrate = MethodSource("migrate", (Parameter("was", core(old)),), core(new), body, node.lineno)
    notes = {
        "source": source.segment(node),
        "class": function.__name__,
        FILE_NOTE: source.path.name,
        **homes_note(unit),
    }
    terms = ProgramSource("migration", UNIT, Fork(()), functions_of(unit), (migrate,), notes, unit.lines, node.lineno)
    program = checked_program(unit, node, terms)
    return CompiledMigration(function, *versions, program, terms)


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
