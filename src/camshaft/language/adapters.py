"""From a written adapter to its program: what `bytecode.adapters` checks and links.

The function is compiled as a method of the new version's machine that has no fields: the machine that it is given is
its `self`. What it calls are functions that only stand for the new version's methods.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from types import FunctionType
from typing import Any, Final

from camshaft.bytecode.line_map import FILE_NOTE
from camshaft.bytecode.program import Program
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource
from camshaft.category.terms import Constant, Fork, Identity, Refuse, Trap, compose
from camshaft.language.annotations import Annotations
from camshaft.language.diagnostics import Code, CompileError, Problem
from camshaft.language.functions import settled
from camshaft.language.lowered import SELF
from camshaft.language.machine import ADAPTER_MARK, Machine, Refusal
from camshaft.language.methods import calls_of, lower_body
from camshaft.language.names import Site, named
from camshaft.language.programs import (
    CompiledMachine,
    checked_program,
    compile_machine,
    functions_of,
    homes_note,
    lower_functions,
    refused,
)
from camshaft.language.pytypes import NO_DEFAULT, core, record
from camshaft.language.signatures import problem, signature
from camshaft.language.source import Sources
from camshaft.language.unit import ParameterSignature, Signature, Unit
from camshaft.values.collector import without_collections
from camshaft.values.type_words import show
from camshaft.values.types import NEVER, STR, UNIT

_CACHE: Final = "__camshaft_compiled__"
ADAPTERS_NAME: Final = "adapters"
"""The name of adapters as a program."""


@dataclass(frozen=True)
class CompiledAdapter:
    """An adapter's program, of whose functions the first ones, `imports`, stand for methods of the new version.

    `old` and `new` are the two versions of one that serves a method; `refusal` and `told` the two refusals of one that
    tells a refusal.
    """

    function: FunctionType
    program: Program
    imports: int = 0
    old: CompiledMachine | None = None
    new: CompiledMachine | None = None
    refusal: type[Refusal] | None = None
    told: type[Refusal] | None = None


def import_of(program: Program, name: str) -> FunctionSource:
    """A method of a program, as a function that linking puts it in the place of."""
    method = program.method(name)
    assert method is not None
    body = compose(Constant(STR, "this was never linked"), Trap("AssertionError"))
    return FunctionSource(name, method.domain, method.result, body)


def compile_adapter(function: Callable[..., Any], sources: Sources | None = None) -> CompiledAdapter:
    """Compile a function that is marked with `@adapter`; a function is compiled once.

    Raises:
        CompileError: with all that the compiler refuses in it, or in either version.
        TypeError: it is not a function that is marked so.
    """
    serves = getattr(function, ADAPTER_MARK, None)
    if not isinstance(function, FunctionType) or serves is None:
        raise TypeError(f"an adapter is a function with `@adapter(…)`, and {function!r} is not")
    compiled = vars(function).get(_CACHE)
    if not isinstance(compiled, CompiledAdapter):
        with without_collections():
            try:
                compiled = _compile(function, serves, sources or Sources())
            except Problem as error:
                raise refused(error) from error
        setattr(function, _CACHE, compiled)
    return compiled


def _compile(function: FunctionType, serves: Any, sources: Sources) -> CompiledAdapter:
    annotations = Annotations(sources)
    source, node = sources.of_function(function)
    unit = Unit(source, function.__globals__, annotations)
    if isinstance(serves, type):
        return _of_refusal(unit, node, function, serves)
    served = serves.fget if isinstance(serves, property) else serves
    assert isinstance(served, FunctionType)
    return _of_method(unit, node, function, served, sources)


# ---- methods ---------------------------------------------------------------------------------------------------------


def _of_method(
    unit: Unit, node: ast.FunctionDef, function: FunctionType, served: FunctionType, sources: Sources
) -> CompiledAdapter:
    old = _old_machine(unit, node, served, sources)
    cls = _new_class(unit, node, function)
    new = compile_machine(cls, sources)
    if old.name != new.name or old.cls is new.cls:
        versions = f"{old.cls.__qualname__} and {new.cls.__qualname__}"
        message = f"`{node.name}` stands between {versions}, which are not two versions of one machine"
        raise problem(
            unit, Code.ADAPTER, message, node, "serve the version before, and take the one that follows it", node.name
        )
    node = _with_self(unit, node)
    found = signature(unit, node, function, bound=True)
    _check_served(unit, found, old, served.__name__)
    unit.machine = replace(new.state_type_py, fields=())
    unit.sees_state = False
    unit.signatures = dict(new.methods)
    unit.behaviours = {name: new.behaviours[name] for name in new.methods}
    unit.program.names.update(unit.signatures)
    lower_functions(unit, [node])
    lowering = settled(unit, partial(lower_body, unit, found), lower_body)
    if unit.diagnostics:
        raise CompileError(unit.diagnostics)
    imports = [import_of(new.program, name) for name in new.methods if name in calls_of(unit, node)]
    method = old.program.method(served.__name__)
    assert method is not None
    adapted = MethodSource(method.name, method.parameters, method.result, lowering.term, node.lineno)
    program = _program(unit, node, function, (*imports, *functions_of(unit)), (adapted,))
    return CompiledAdapter(function, program, len(imports), old=old, new=new)


def _old_machine(unit: Unit, node: ast.FunctionDef, served: FunctionType, sources: Sources) -> CompiledMachine:
    """The machine that a method is of: the one of its module that has it."""
    for value in served.__globals__.values():
        if isinstance(value, type) and issubclass(value, Machine):
            own = value.__dict__.get(served.__name__)
            if served is (own.fget if isinstance(own, property) else own):
                compiled = compile_machine(value, sources)
                if compiled.program.method(served.__name__) is not None:
                    return compiled
    message = f"`{served.__qualname__}` is no method that clients of a machine call"
    raise problem(unit, Code.ADAPTER, message, node, "write `@adapter(old.Counter.incr)`", node.name)


def _new_class(unit: Unit, node: ast.FunctionDef, function: FunctionType) -> type[Machine]:
    first = next(iter([*node.args.posonlyargs, *node.args.args]), None)
    if first is not None and first.annotation is not None:
        site = Site(unit.source, first.annotation, unit.names)
        cls = named(site, function.__annotations__.get(first.arg, NO_DEFAULT))
        if isinstance(cls, type) and issubclass(cls, Machine):
            return cls
    message = f"`{node.name}` does not take the new version's machine first"
    raise problem(unit, Code.ADAPTER, message, node, "write `def incr(new: Counter, …) -> …:`", node.name)


def _with_self(unit: Unit, node: ast.FunctionDef) -> ast.FunctionDef:
    """The function with the machine that it is given as `self`, which is what a method calls it."""
    given = [*node.args.posonlyargs, *node.args.args][0].arg
    own = copy.deepcopy(node)
    for each in ast.walk(own):
        if isinstance(each, ast.Name | ast.arg):
            name = each.id if isinstance(each, ast.Name) else each.arg
            if name == SELF and given != SELF:
                raise problem(
                    unit, Code.ADAPTER, "`self` has a meaning of its own here", each, f"use `{given}`", node.name
                )
            if name == given and isinstance(each, ast.Name):
                each.id = SELF
            elif name == given and isinstance(each, ast.arg):
                each.arg = SELF
    return own


def _check_served(unit: Unit, found: Signature, old: CompiledMachine, name: str) -> None:
    """Raises Problem where an adapter does not take and give what the method does that it serves."""
    method = old.program.method(name)
    assert method is not None
    parameters = [(one.name, core(one.type)) for one in found.parameters]
    if parameters != [(one.name, one.type) for one in method.parameters] or core(found.result) is not method.result:
        takes = ", ".join(f"{one.name}: {show(one.type)}" for one in method.parameters)
        message = (
            f"`{found.name}` serves {old.cls.__qualname__}.{name}, which takes ({takes}) and gives "
            f"{show(method.result)}, and it takes or gives something else"
        )
        help_ = "take the same after the machine, and give the same: that is what the client sends and expects"
        raise problem(unit, Code.ADAPTER, message, found.node, help_, found.name)


# ---- refusals --------------------------------------------------------------------------------------------------------


def _of_refusal(unit: Unit, node: ast.FunctionDef, function: FunctionType, cls: type[Refusal]) -> CompiledAdapter:
    given = [*node.args.posonlyargs, *node.args.args]
    told_cls = None
    if node.returns is not None:
        told_cls = named(
            Site(unit.source, node.returns, unit.names), function.__annotations__.get("return", NO_DEFAULT)
        )
    taken = None
    if len(given) == 1 and given[0].annotation is not None:
        site = Site(unit.source, given[0].annotation, unit.names)
        taken = named(site, function.__annotations__.get(given[0].arg, NO_DEFAULT))
    if taken is not cls or not (isinstance(told_cls, type) and issubclass(told_cls, Refusal)):
        message = f"`{node.name}` does not take {cls.__name__} and give a refusal of the old version"
        help_ = f"write `def told(refused: {cls.__name__}) -> old.OutOfStock:`"
        raise problem(unit, Code.ADAPTER, message, node, help_, node.name)
    site = Site(unit.source, node, unit.names)
    refusal, told = unit.annotations.refusal(cls, site), unit.annotations.refusal(told_cls, site)
    unit.told = told
    lower_functions(unit, [node])
    found = Signature(node.name, (ParameterSignature(given[0].arg, refusal),), told, node)
    lowering = settled(unit, partial(lower_body, unit, found), lower_body)
    if unit.diagnostics:
        raise CompileError(unit.diagnostics)
    body = compose(Fork(((given[0].arg, Identity()),)), lowering.term, Refuse(told_cls.__name__, record(told)))
    handler = FunctionSource(cls.__name__, record(refusal), NEVER, body, node.lineno)
    program = _program(unit, node, function, (*functions_of(unit), handler), ())
    return CompiledAdapter(function, program, refusal=cls, told=told_cls)


def _program(
    unit: Unit,
    node: ast.FunctionDef,
    function: FunctionType,
    functions: Iterable[FunctionSource],
    methods: tuple[MethodSource, ...],
) -> Program:
    notes = {
        "source": unit.source.segment(node),
        "class": function.__name__,
        FILE_NOTE: unit.source.path.name,
        **homes_note(unit),
    }
    source = ProgramSource(
        ADAPTERS_NAME, UNIT, Fork(()), tuple(functions), methods, notes, lines=unit.lines, line=node.lineno
    )
    return checked_program(unit, node, source)
