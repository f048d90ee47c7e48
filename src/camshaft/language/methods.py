"""Methods: from their definitions to signatures, in an order in which each calls only those before it, to terms."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from types import FunctionType
from typing import Any

from camshaft.category.ports import Scope
from camshaft.category.terms import Block, Locals, Term, sequence
from camshaft.language import failures, loops, matching, operators
from camshaft.language.body import Body, Ending
from camshaft.language.defaults import check_constant, check_unshared, default_value
from camshaft.language.diagnostics import Code, Diagnostic, Label, Problem
from camshaft.language.flow import Variable
from camshaft.language.lowered import SELF, Lowered, nothing
from camshaft.language.machine import Machine
from camshaft.language.names import Site, named
from camshaft.language.pytypes import NO_DEFAULT, PyType, core, is_mutable
from camshaft.language.scan import names_bound, self_calls
from camshaft.language.statements import RETURN_LABEL, block
from camshaft.language.unit import Behaviour, ParameterSignature, Signature, Unit

# Handlers are registered when their modules are imported; these are imported for nothing else.
HANDLERS_REGISTERED = (failures, loops, matching, operators)

MAX_SYNTAX_DEPTH = 80
"""How deep a method's syntax may nest. Code that nests deeper would be refused by every node."""
MAX_CHAIN = 60
"""How many parts a chain of conditions, comparisons or cases may have, since each nests in the one before."""


def problem(unit: Unit, code: Code, message: str, node: ast.AST, help_: str, inside: str = "") -> Problem:
    """A problem of a definition."""
    return Problem(Diagnostic(code, message, Label(unit.source.span(node)), inside, help=help_))


# ---- signatures ------------------------------------------------------------------------------------------------------


def signature(unit: Unit, node: ast.FunctionDef, function: FunctionType, *, bound: bool) -> Signature:
    """The signature of a method, or of a function where it is not `bound` to `self`. Raises Problem."""
    given = node.args
    if given.vararg is not None or given.kwarg is not None:
        extra = given.vararg or given.kwarg
        assert extra is not None
        raise problem(
            unit,
            Code.UNSUPPORTED,
            f"`*{extra.arg}` is not supported: each parameter has a name and a type",
            extra,
            "take a list or a dict as one parameter",
        )
    positional = [*given.posonlyargs, *given.args]
    if bound:
        if not positional or positional[0].arg != SELF:
            raise problem(
                unit, Code.MACHINE, f"the first parameter of `{node.name}` must be `self`", node, "write `self` first"
            )
        positional = positional[1:]
    evaluated = function.__annotations__
    defaults = _defaults(node, function)
    parameters = []
    for one in [*positional, *given.kwonlyargs]:
        if one.annotation is None:
            raise problem(
                unit, Code.ANNOTATION, f"the parameter `{one.arg}` has no type", one, f"write `{one.arg}: int`"
            )
        site = Site(unit.source, one.annotation, unit.names)
        type_ = _parameter_type(unit, site, evaluated.get(one.arg, NO_DEFAULT), bound=bound)
        default = _default_value(one, type_, defaults, site)
        parameters.append(ParameterSignature(one.arg, type_, default, one in given.kwonlyargs))
    return Signature(node.name, tuple(parameters), _result(unit, node, evaluated, bound=bound), node)


def _parameter_type(unit: Unit, site: Site, evaluated: object, *, bound: bool) -> PyType:
    if not bound:
        cls = named(site, evaluated)
        if isinstance(cls, type) and issubclass(cls, Machine):
            return unit.annotations.machine(cls)
    return unit.annotations.resolve(site, evaluated)


def _result(unit: Unit, node: ast.FunctionDef, evaluated: Mapping[str, Any], *, bound: bool) -> PyType:
    if node.returns is None:
        raise problem(
            unit,
            Code.ANNOTATION,
            f"`{node.name}` does not say what it returns",
            node,
            f"write `def {node.name}(…) -> None:`, or the type of its result"
            if bound
            else "name the new version after `->`",
        )
    site = Site(unit.source, node.returns, unit.names)
    return _parameter_type(unit, site, evaluated.get("return", NO_DEFAULT), bound=bound)


def _defaults(node: ast.FunctionDef, function: FunctionType) -> dict[str, tuple[ast.expr, object]]:
    """The defaults by parameter: as written, and as Python has evaluated them."""
    positional = [*node.args.posonlyargs, *node.args.args]
    found: dict[str, tuple[ast.expr, object]] = {}
    written, values = node.args.defaults, function.__defaults__ or ()
    for one, default, value in zip(positional[len(positional) - len(written) :], written, values, strict=True):
        found[one.arg] = (default, value)
    for one, keyword_default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        if keyword_default is not None:
            found[one.arg] = (keyword_default, (function.__kwdefaults__ or {})[one.arg])
    return found


def _default_value(one: ast.arg, type_: PyType, defaults: dict[str, tuple[ast.expr, object]], site: Site) -> Any:
    if one.arg not in defaults:
        return NO_DEFAULT
    written, value = defaults[one.arg]
    where = Site(site.source, written, site.names)
    check_unshared(value, where)
    check_constant(where)
    return default_value(value, type_, where)


# ---- the order of methods --------------------------------------------------------------------------------------------


def order(unit: Unit) -> list[str]:
    """The methods in an order in which each calls only those before it. Reports recursion with its whole circle."""
    calls = {name: dict(self_calls(found.node.body)) for name, found in unit.signatures.items()}
    graph = {name: [called for called in found if called in calls] for name, found in calls.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        # Each of the circle comes before the one that calls it.
        circle = list(reversed(error.args[1]))
        node = calls[circle[0]][circle[1]]
        recursion = problem(
            unit,
            Code.RECURSION,
            f"methods call each other in a circle: {' -> '.join(circle)}",
            node,
            "write a loop, and keep what is still to do in a list",
        )
        unit.report(recursion, f"{_owner(unit)}{circle[0]}")
        return list(calls)


def _owner(unit: Unit) -> str:
    return "" if unit.machine is None else f"{unit.machine.cls.__name__}."


# ---- bodies ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lowering:
    """A method's term, from the record of its parameters to its result, and what its callers must know."""

    term: Term
    behaviour: Behaviour


def lower_body(unit: Unit, found: Signature) -> Lowering:
    """Lower a method. Its problems are kept in the unit, and then the term means nothing."""
    inside = f"{_owner(unit)}{found.name}"
    too_deep = _too_deep(unit, found.node)
    if too_deep is not None:
        unit.report(too_deep, inside)
        return Lowering(nothing(), Behaviour())
    body = Body(unit, inside, found.result, names_bound(found.node.body))
    body.gives_result = unit.constructible is not None
    starts = [term for one in found.parameters for term in _parameter(body, found, one)]
    statements = found.node.body
    term = sequence(*starts, block(body, statements, Ending.RETURN, found.node))
    if body.exits:
        term = Block(RETURN_LABEL, term)
    if body.slots:
        term = Locals(body.slot_record(), term)
    return Lowering(term, Behaviour(frozenset(body.writes), body.returns_borrowed))


def _parameter(body: Body, found: Signature, one: ParameterSignature) -> list[Term]:
    """Bind a parameter; the term puts it into a slot where the method assigns to it."""
    scope = Scope()
    value = Lowered(one.type, scope.read(scope.base(one.name, core(one.type))), 0, calm=True, stable=True)
    if one.name not in body.names.slots:
        parameter = body.unit.constructible is None
        body.flow.variables[one.name] = Variable(one.name, one.type, (one.name,), value=value, parameter=parameter)
        return []
    node = next(arg for arg in ast.walk(found.node.args) if isinstance(arg, ast.arg) and arg.arg == one.name)
    if is_mutable(one.type):
        body.report(
            body.problem(
                Code.PARAMETER,
                f"the parameter `{one.name}`, which the caller may still use, is assigned or changed",
                node,
                "give the new value a name of its own",
            )
        )
    variable = body.declare(one.name, one.type, node)
    body.flow.assigned.add(one.name)
    return [body.put_variable(variable, value)]


def _too_deep(unit: Unit, definition: ast.FunctionDef) -> Problem | None:
    """The problem of code that nests too deeply, or becomes code that does. Found without recursion."""
    waiting: list[tuple[ast.AST, int]] = [(definition, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_SYNTAX_DEPTH:
            return problem(
                unit,
                Code.TOO_DEEP,
                f"the code of `{definition.name}` nests more than {MAX_SYNTAX_DEPTH} deep",
                definition,
                "split it into helper methods, or a long `elif` into a dict or a `match`",
            )
        match node:
            case ast.BoolOp(values=parts) | ast.Compare(ops=parts) | ast.Match(cases=parts):
                if len(parts) > MAX_CHAIN:
                    return problem(
                        unit,
                        Code.TOO_DEEP,
                        f"this has {len(parts)} parts, each of which is reached through those before it",
                        node,
                        f"at most {MAX_CHAIN}: split it, or look the answer up in a dict",
                    )
            case _:
                pass
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return None
