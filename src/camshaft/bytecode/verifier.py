"""The verifier: one pass over a program's code that finds its types, effects and cost, or rejects it.

Verified code cannot go wrong in its types, touches nothing but its slots, and has a known cost for every stretch that
has no loop in it. The pass is iterative and linear in the size of the code; nothing here trusts the sender.

This file checks what surrounds the code; `code_verifier` checks each piece of code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from camshaft.bytecode.abstract_machine import Work
from camshaft.bytecode.code_verifier import CodeVerifier
from camshaft.bytecode.encoding import decode_program, program_id
from camshaft.bytecode.line_map import LineMap, line_map
from camshaft.bytecode.program import (
    INITIAL_CODE,
    Function,
    Method,
    MethodKind,
    Parameter,
    Program,
    function_code,
    method_code,
)
from camshaft.bytecode.verified import Signature, VerifiedCode
from camshaft.errors import Rejected
from camshaft.values.address import is_machine_name
from camshaft.values.conformance import conforms
from camshaft.values.type_trees import check_well_formed
from camshaft.values.types import (
    BOOL,
    NEVER,
    UNIT,
    Type,
    is_storable,
)

MAX_FUNCTIONS: Final = 4096
MAX_METHODS: Final = 1024
MAX_CALL_DEPTH: Final = 100
MAX_APPLY_DEPTH: Final = 100
"""How deep functions made by CURRY may apply each other. It is found out while they run: beyond it, the step traps as
it does without fuel."""


@dataclass(frozen=True, slots=True)
class VerifiedMethod:
    """A method and its verified code."""

    method: Method
    code: VerifiedCode


@dataclass(frozen=True, slots=True)
class Verified:
    """A program that may run. Only `verify` makes one."""

    program: Program
    id: str
    """The SHA-256 of the canonical bytes, in hex."""
    initial: VerifiedCode
    functions: tuple[VerifiedCode, ...]
    methods: dict[str, VerifiedMethod]
    lines: LineMap
    """The lines of its code, as far as its notes tell them; nobody vouches for these."""


def load(data: bytes) -> Verified:
    """Decode and verify a program.

    Raises:
        Rejected: the bytes are malformed, or the program is ill-typed or too large.
    """
    return verify(decode_program(data))


def verify(program: Program, *, declared: bool = True) -> Verified:
    """Check a whole program.

    `declared`: whether its methods say what they are, commands or queries, and how they refuse. Where they do not, as
    in a program that was linked a moment ago, they are given what their code makes of them.

    Raises:
        Rejected: what is wrong, and in which function or method, at which instruction.
    """
    _check_shell(program)
    work = Work()
    functions: list[VerifiedCode] = []
    signatures: list[Signature] = []
    names: set[str] = set()
    for function in program.functions:
        _check_function(function)
        name = function_code(function.name)
        if name in names:
            raise Rejected(f"{name}: there are two of this name")
        names.add(name)
        code = _verify_code(program, name, function.code, function.domain, (program.state,), signatures, work)
        _expect_codomain(name, code, function.codomain)
        if code.call_depth > MAX_CALL_DEPTH:
            raise Rejected(f"{name}: calls nest {code.call_depth} deep; at most {MAX_CALL_DEPTH}")
        functions.append(code)
        signatures.append(Signature(function.domain, function.codomain, code.effects, code.cost, code.call_depth))
    # Slot 0 is there, so that local slots have the same numbers everywhere; nothing may use it yet.
    initial = _verify_code(program, INITIAL_CODE, program.initial, UNIT, (UNIT,), signatures, work)
    _expect_codomain(INITIAL_CODE, initial, program.state)
    if initial.effects.asks_occasion:
        raise Rejected(
            f"{INITIAL_CODE}: its code asks for the time, the key or a random number, and these belong to a step: an "
            "instance that does not exist yet has the same state wherever and whenever it is asked for"
        )
    if initial.effects.reads or initial.effects.writes:
        raise Rejected(f"{INITIAL_CODE}: its code reads or writes a state that does not exist yet")
    methods: dict[str, VerifiedMethod] = {}
    for method in program.methods:
        if method.name in methods:
            raise Rejected(f"method {method.name}: there are two of this name")
        code = _verify_method(program, method, signatures, work)
        found = replace(method, kind=_kind(code), refusals=tuple(sorted(code.effects.refuses)))
        if declared:
            _expect_declared(method, found)
        methods[method.name] = VerifiedMethod(found, code)
    if not declared:
        program = replace(program, methods=tuple(each.method for each in methods.values()))
    _check_invariants(program, methods)
    _check_hidden(program)
    return Verified(program, program_id(program), initial, tuple(functions), methods, line_map(program))


def _verify_method(program: Program, method: Method, signatures: list[Signature], work: Work) -> VerifiedCode:
    name = method_code(method.name)
    _check_name(name, method.name)
    for parameter in method.parameters:
        _check_parameter(name, parameter)
    if len({parameter.name for parameter in method.parameters}) != len(method.parameters):
        raise Rejected(f"{name}: two parameters have the same name")
    _check_type(name, "the result", method.result)
    code = _verify_code(program, name, method.code, method.domain, (program.state,), signatures, work)
    _expect_codomain(name, code, method.result)
    return code


def _kind(code: VerifiedCode) -> MethodKind:
    return MethodKind.QUERY if code.effects.is_query else MethodKind.COMMAND


def _expect_declared(method: Method, found: Method) -> None:
    name = method_code(method.name)
    if method.kind is not found.kind:
        raise Rejected(f"{name}: it is declared a {method.kind.value}, but its code makes it a {found.kind.value}")
    if method.refusals != found.refusals:
        raise Rejected(
            f"{name}: it declares the refusals {list(method.refusals)}, but its code has {list(found.refusals)}"
        )


def _verify_code(
    program: Program,
    where: str,
    code: tuple[int, ...],
    domain: Type,
    slots: tuple[Type, ...],
    signatures: list[Signature],
    work: Work,
) -> VerifiedCode:
    return CodeVerifier(where, domain, slots, program.pools, signatures, work).run(code)


def _expect_codomain(where: str, code: VerifiedCode, codomain: Type) -> None:
    if code.codomain is not codomain and code.codomain is not NEVER:
        raise Rejected(f"{where}: its code ends with {code.codomain!r}, but {codomain!r} is declared")


# ---- what surrounds the code ---------------------------------------------------------------------------------------


def _check_shell(program: Program) -> None:
    if not is_machine_name(program.name):
        raise Rejected(f"{program.name!r} is no machine's name: lower-case letters, digits and hyphens, at most 64")
    if len(program.functions) > MAX_FUNCTIONS or len(program.methods) > MAX_METHODS:
        raise Rejected(f"more than {MAX_FUNCTIONS} functions or {MAX_METHODS} methods")
    _check_type("the state", "it", program.state)
    for index, type_ in enumerate(program.pools.types):
        _check_type(f"type {index} of the pool", "it", type_)
    for index, constant in enumerate(program.pools.constants):
        _check_type(f"constant {index}", "its type", constant.type)
        if not conforms(constant.type, constant.value):
            raise Rejected(f"constant {index}: it is not a value of {constant.type!r}")
    seen: set[str] = set()
    for refusal in program.pools.refusals:
        _check_name("a refusal", refusal.name)
        _check_type(f"refusal {refusal.name}", "its payload", refusal.payload)
        if refusal.name in seen:
            raise Rejected(f"refusal {refusal.name}: there are two of this name")
        seen.add(refusal.name)


def _check_invariants(program: Program, methods: dict[str, VerifiedMethod]) -> None:
    if list(program.invariants) != sorted(set(program.invariants)):
        raise Rejected("the invariants are not sorted by their names, or one is there twice")
    for name in program.invariants:
        where = f"invariant {name[:120]}"
        found = methods.get(name)
        if found is None:
            raise Rejected(f"{where}: there is no method of this name")
        if found.method.kind is not MethodKind.QUERY or found.method.parameters or found.method.result is not BOOL:
            raise Rejected(f"{where}: an invariant is a query without parameters whose result is Bool")
        if found.code.effects.asks_occasion:
            raise Rejected(
                f"{where}: its code asks for the time, the key or a random number, and an invariant is true of a state "
                "wherever and whenever it is asked"
            )


def _check_hidden(program: Program) -> None:
    if list(program.hidden) != sorted(set(program.hidden)):
        raise Rejected("the hidden methods are not sorted by their names, or one is there twice")
    for name in program.hidden:
        if program.method(name) is None:
            raise Rejected(f"hidden method {name[:120]}: there is no method of this name")
        if name in program.invariants:
            raise Rejected(f"hidden method {name[:120]}: it is an invariant, which whoever sees a state may ask for")


def _check_function(function: Function) -> None:
    _check_name("a function", function.name)
    where = f"function {function.name}"
    _check_type(where, "its domain", function.domain)
    if function.codomain is not NEVER:
        _check_type(where, "its codomain", function.codomain)


def _check_parameter(where: str, parameter: Parameter) -> None:
    _check_name(where, parameter.name)
    _check_type(where, f"parameter {parameter.name}", parameter.type)
    default = parameter.default
    if default is not None and (default.type is not parameter.type or not conforms(default.type, default.value)):
        raise Rejected(f"{where}: the default of parameter {parameter.name} is not a value of {parameter.type!r}")


def _check_type(where: str, what: str, type_: Type) -> None:
    check_well_formed(type_, lambda reason: Rejected(f"{where}: {what}: {reason}"))
    if not is_storable(type_):
        raise Rejected(f"{where}: {what} is {type_!r}, which cannot be stored or sent")


def _check_name(where: str, name: str) -> None:
    if not (name.isidentifier() and len(name) <= 100):
        raise Rejected(f"{where}: {name[:120]!r} is not a name: letters, digits and underscores, at most 100")
