"""The adapters of an upgrade: those that are written, and those that nobody has to write.

One is derived where a method, or a refusal, changed in its structure only. A parameter that is new and has a default
takes it; one that takes more than before is given what it was; of a result that holds more, the client is told what it
knows of. A refusal whose fields became more is told with those it had.
What is derived is a term like any other, and travels as bytecode like one that was written.

A refusal that the old version does not have has no adapter: where it happens, the client is told that it was refused in
a way that its version knows nothing of, and never anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.interfaces import difference
from camshaft.bytecode.linking import Linker
from camshaft.bytecode.program import Method, Parameter, Program, Refusal, function_code
from camshaft.bytecode.upgrade import Adapters
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource, assemble
from camshaft.category.terms import Call, Constant, Fork, Project, Refuse, Term, compose
from camshaft.errors import Fault
from camshaft.evolution.conversions import conversion
from camshaft.evolution.versions import is_version
from camshaft.language.adapters import ADAPTERS_NAME, CompiledAdapter, import_of
from camshaft.language.programs import CompiledMachine
from camshaft.values.types import NEVER, UNIT

_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class AdapterProgram:
    """Adapters as a program, and how many of its functions, the first ones, stand for methods of the new version."""

    program: Program
    imports: int
    served: Mapping[str, str] = field(default_factory=dict)
    """How the methods are served that have an adapter, by their names, for people."""

    @property
    def encoded(self) -> Adapters:
        """The adapters as they travel in an upgrade."""
        return Adapters(encode_program(self.program), self.imports)


def adapters_between(old: Program, new: CompiledMachine, written: Sequence[CompiledAdapter]) -> AdapterProgram | None:
    """The adapters from one version to the next: those that are written for these two, and derived ones for the rest.

    None where there are none, and no method changed. Where one changed that cannot be adapted, there are adapters,
    without one for it: a later version's method of the same name is not it.
    """
    own = [one for one in written if _is_between(one, old, new)]
    if not own and all(difference(old, new.program, method.name) is None for method in old.methods):
        return None
    methods = {method.name for one in own for method in one.program.methods}
    refusals = {one.refusal.__name__ for one in own if one.refusal is not None}
    derived = derive_adapters(old, new.program, frozenset(methods), frozenset(refusals))
    program, imports = merged([*((one.program, one.imports) for one in own), (derived.program, derived.imports)])
    served = {
        **{method.name: f"by `{one.function.__name__}`, as written" for one in own for method in one.program.methods},
        **derived.served,
    }
    return AdapterProgram(program, imports, served)


def _is_between(adapter: CompiledAdapter, old: Program, new: CompiledMachine) -> bool:
    if adapter.old is not None and adapter.new is not None:
        return adapter.new.cls is new.cls and is_version(adapter.old, old)
    assert adapter.refusal is not None
    told = {(one.name, one.payload) for one in adapter.program.pools.refusals}
    known = {(one.name, one.payload) for one in old.pools.refusals}
    return new.refusals.get(adapter.refusal.__name__) is adapter.refusal and told <= known


def derive_adapters(
    old: Program, new: Program, methods: frozenset[str] = frozenset(), refusals: frozenset[str] = frozenset()
) -> AdapterProgram:
    """The adapters from one version to the next that follow from their types, without those of these methods, and of
    these refusals."""
    rest = [method for method in old.methods if method.name not in methods]
    found = [adapter for method in rest if (adapter := _method(old, new, method)) is not None]
    adapted = {method.name for method in found}
    imports = [import_of(new, method.name) for method in new.methods if method.name in adapted]
    others = [refusal for refusal in new.pools.refusals if refusal.name not in refusals]
    handlers = [handler for refusal in others if (handler := _handler(old, refusal)) is not None]
    functions = (*imports, *handlers)
    source = ProgramSource(ADAPTERS_NAME, UNIT, Constant(UNIT, ()), functions, tuple(found))
    served = dict.fromkeys((method.name for method in found), "by a derived adapter")
    return AdapterProgram(assemble(source), len(imports), served)


def merged(parts: Sequence[tuple[Program, int]]) -> tuple[Program, int]:
    """Adapters that were made one by one as one program: each with how many of its functions are imports."""
    linker = Linker()
    imports: dict[str, int] = {}
    for program, count in parts:
        for function in program.functions[:count]:
            if function.name not in imports:
                code = linker.moved(program, function.code, _never_called)
                imports[function.name] = linker.append(replace(function, code=code))
    taken = {*imports, *(each.name for program, count in parts for each in program.functions if each.codomain is NEVER)}
    methods: list[Method] = []
    for program, count in parts:
        own = [imports[function.name] for function in program.functions[:count]]
        for function in program.functions[count:]:
            code = linker.moved(program, function.code, own.__getitem__)
            name = function.name if function.codomain is NEVER else _free(function.name, taken)
            own.append(linker.append(replace(function, name=name, code=code)))
            linker.note(program, function_code(function.name), name, function.name)
        for method in program.methods:
            methods.append(replace(method, code=linker.moved(program, method.code, own.__getitem__)))
            linker.note_method(program, method.name)
    initial = linker.moved(parts[0][0], parts[0][0].initial, _never_called)
    notes = {**parts[0][0].notes, **linker.notes()}
    program = Program(ADAPTERS_NAME, UNIT, initial, tuple(linker.functions), tuple(methods), linker.pools(), notes)
    return verify(program, declared=False).program, len(imports)


def _never_called(index: int) -> int:
    raise Fault(f"code that calls nothing calls function {index}")


def _free(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name[:_LONGEST_NAME]}_{number}"
    taken.add(found)
    return found


def _method(old: Program, new: Program, method: Method) -> MethodSource | None:
    """The adapter of a method that changed; None where there is nothing to adapt, or no way to tell how."""
    after = new.method(method.name)
    if after is None or difference(old, new, method.name) is None:
        return None
    given = {parameter.name: parameter for parameter in method.parameters}
    if not given.keys() <= {parameter.name for parameter in after.parameters}:
        return None
    arguments = []
    for parameter in after.parameters:
        found = _argument(given.get(parameter.name), parameter)
        if found is None:
            return None
        arguments.append((parameter.name, found))
    result = conversion(after.result, method.result, drops=True)
    if result is None:
        return None
    body = compose(Fork(tuple(arguments)), Call(method.name), result)
    return MethodSource(method.name, method.parameters, method.result, body)


def _argument(given: Parameter | None, wanted: Parameter) -> Term | None:
    if given is None:
        default = wanted.default
        return None if default is None else Constant(default.type, default.value)
    converted = conversion(given.type, wanted.type, drops=False)
    return None if converted is None else compose(Project(given.name), converted)


def _handler(old: Program, refusal: Refusal) -> FunctionSource | None:
    """What a refusal becomes whose fields changed; None where they did not, or there is no way to tell."""
    before = old.refusal(refusal.name)
    if before is None or before.payload is refusal.payload:
        return None
    told = conversion(refusal.payload, before.payload, drops=True)
    if told is None:
        return None
    body = compose(told, Refuse(before.name, before.payload))
    return FunctionSource(refusal.name, refusal.payload, NEVER, body)
