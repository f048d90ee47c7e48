"""Adapters are checked against the two versions that they stand between, and linked to what runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from camshaft.bytecode.adapters import AdapterCode, Facade, check_adapters, facade, own_facade
from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.program import Parameter, Program
from camshaft.bytecode.verifier import verify
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource, assemble
from camshaft.category.terms import (
    Call,
    Constant,
    Fork,
    Get,
    If,
    Primitive,
    Project,
    Put,
    Refuse,
    Term,
    compose,
    operate,
)
from camshaft.category.terms import Trap as TrapTerm
from camshaft.errors import Refused, Rejected, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import DEFAULT_FUEL, Interpreter
from camshaft.values.codec import encode_raw
from camshaft.values.types import INT, NEVER, STR, UNIT, Record, Type
from generators.machines import COUNT, COUNTER_STATE, cart, counter, dice, method, number, plus
from generators.mutations import Mutator, bodies
from generators.occasions import occasion
from generators.terms import imperative_programs, programs
from generators.types import values

FULL = Record((("at", INT),))
FULL_V2 = Record((("at", INT), ("most", INT)))


def gauge(extra: tuple[MethodSource, ...] = (), **refusals: Record) -> Program:
    """A gauge whose `add(n)` refuses beyond 10, with these refusals: each of their integer fields is the count."""
    (name, payload), *_ = refusals.items()
    filled = Fork(tuple((label, Get(COUNT)) for label, _ in payload.fields))
    step = operate(Put(COUNT), plus(Get(COUNT), Project("n")))
    add = If(operate(Primitive("less"), number(10), Get(COUNT)), compose(filled, Refuse(name, payload)), step)
    source = ProgramSource(
        "gauge",
        COUNTER_STATE,
        Fork((("count", number(0)),)),
        methods=(method("add", add, n=INT), method("value", Get(COUNT), INT), *extra),
    )
    return assemble(source)


OLD = gauge(Full=FULL)
NEW = gauge(Full=FULL_V2, extra=(method("scaled", operate(Put(COUNT), Project("n")), n=INT, by=INT),))


def stub(name: str, domain: Type, codomain: Type = UNIT) -> FunctionSource:
    return FunctionSource(name, domain, codomain, compose(Constant(STR, ""), TrapTerm("AssertionError")))


ADD, SCALED = stub("add", Record((("n", INT),))), stub("scaled", Record((("n", INT), ("by", INT))))
TOLD = FunctionSource("Full", FULL_V2, NEVER, compose(Fork((("at", Project("at")),)), Refuse("Full", FULL)))
ONCE: Term = compose(Fork((("n", Project("n")),)), Call("add"))
TWICE: Term = compose(Fork((("0", ONCE), ("1", ONCE))), Constant(UNIT, ()))
CALLS_ADD = compose(Fork((("n", Project("at")),)), Call("add"), Fork((("at", number(1)),)), Refuse("Full", FULL))


def code(
    *functions: FunctionSource, methods: tuple[MethodSource, ...] = (method("add", TWICE, n=INT),), state: Type = UNIT
) -> Program:
    initial = Constant(UNIT, ()) if state is UNIT else Fork((("count", number(0)),))
    return assemble(ProgramSource("adapters", state, initial, functions, methods))


def outcome(
    execution: Any, name: str, arguments: tuple[Any, ...], state: tuple[Any, ...], fuel: int = DEFAULT_FUEL
) -> Any:
    try:
        result, after = execution.step(name, arguments, state, fuel, occasion())
    except Refused as refused:
        return "refused", refused.name, refused.payload
    except Trap as trap:
        return "trap", trap.kind
    return "returned", result, after


EXECUTIONS: tuple[Callable[[Any], Any], ...] = (Interpreter, Compiled)


ADAPTERS = code(ADD, TOLD)


def checked(program: Program = ADAPTERS, imports: int = 1) -> AdapterCode:
    return check_adapters(decode_program(encode_program(program)), imports, OLD, NEW)


@pytest.mark.parametrize("execution", EXECUTIONS)
def test_an_adapted_method_is_one_step_of_what_it_calls(execution: Callable[[Any], Any]) -> None:
    linked = facade(OLD, checked(), own_facade(verify(NEW)))
    assert linked.adapted == {"add"}
    assert not linked.missing
    runs = execution(linked.verified)
    assert outcome(runs, "add", (3,), (1,)) == ("returned", (), (7,))
    assert outcome(runs, "value", (), (1,)) == ("returned", 1, (1,))
    # The second call refuses: the first has changed nothing then.
    assert outcome(runs, "add", (9,), (5,)) == ("refused", "Full", (14,))


@pytest.mark.parametrize("execution", EXECUTIONS)
@pytest.mark.parametrize("program", [counter(), cart(), dice(), NEW])
def test_a_facade_without_adapters_is_the_program(program: Program, execution: Callable[[Any], Any]) -> None:
    linked = facade(program, None, own_facade(verify(program)))
    assert not linked.adapted
    assert not linked.missing
    assert [replace(each, code=()) for each in linked.program.methods] == [
        replace(each, code=()) for each in program.methods
    ]
    if program.name == "counter":
        for name, arguments in (("incr", ()), ("add", (5,)), ("value", ()), ("refuse", ()), ("trap", ())):
            found = outcome(execution(linked.verified), name, arguments, (3,))
            assert found == outcome(execution(verify(program)), name, arguments, (3,))


def test_a_refusal_that_nothing_is_made_of_is_told_to_nobody() -> None:
    new = gauge(Closed=FULL)
    linked = facade(OLD, check_adapters(code(ADD), 1, OLD, new), own_facade(verify(new)))
    (name,) = linked.untold
    assert linked.untold[name] == "Closed"
    assert outcome(Interpreter(linked.verified), "add", (9,), (5,)) == ("refused", name, (14,))
    assert OLD.refusal(name) is None


def test_facades_are_linked_to_facades() -> None:
    newest = gauge(
        Full=Record((("most", INT), ("at", INT), ("more", INT))),
        extra=(method("scaled", operate(Put(COUNT), Project("n")), n=INT, by=INT),),
    )
    payload = newest.refusal("Full")
    assert payload is not None
    told = FunctionSource(
        "Full",
        payload.payload,
        NEVER,
        compose(Fork((("at", Project("at")), ("most", Project("most")))), Refuse("Full", FULL_V2)),
    )
    second = check_adapters(code(ADD, told, methods=(method("add", TWICE, n=INT),)), 1, NEW, newest)
    linked = facade(OLD, checked(), facade(NEW, second, own_facade(verify(newest))))
    for execution in EXECUTIONS:
        # Twice what is twice.
        assert outcome(execution(linked.verified), "add", (2,), (0,)) == ("returned", (), (8,))
        assert outcome(execution(linked.verified), "add", (2,), (9,)) == ("refused", "Full", (11,))


def test_an_adapter_of_what_is_not_served_itself_is_missing() -> None:
    newest = gauge(Full=FULL_V2)
    by_scaled = method("add", compose(Fork((("n", Project("n")), ("by", number(1)))), Call("scaled")), n=INT)
    first = check_adapters(code(SCALED, TOLD, methods=(by_scaled,)), 1, OLD, NEW)
    linked = facade(OLD, first, facade(NEW, None, own_facade(verify(newest))))
    assert linked.missing == {"add": "its adapter calls scaled: there is no method scaled any more"}
    assert [each.name for each in linked.program.methods] == ["value"]


OTHER = stub("add", Record((("m", INT),)))
WRITES = method("add", operate(Put(COUNT), Project("n")), n=INT)


@pytest.mark.parametrize(
    ("program", "imports", "message"),
    [
        (code(methods=(WRITES,), state=COUNTER_STATE), 0, "adapters see no state"),
        (code(ADD, TOLD), 9, "9 imports, of 2 functions"),
        (code(OTHER, methods=()), 1, "they call add, which the new version has not, or not with these types"),
        (code(stub("gone", UNIT), methods=()), 1, "they call gone"),
        (code(TOLD, methods=()), 1, "they call Full"),
        (code(ADD, methods=(method("add", Constant(UNIT, ()), n=STR),)), 1, "add is no method of the old version"),
        (code(ADD, methods=(method("add", number(1), INT, n=INT),)), 1, "add is no method of the old version"),
        (code(ADD, methods=(method("sub", Constant(UNIT, ())),)), 1, "sub is no method of the old version"),
        (code(replace(TOLD, name="Empty"), methods=()), 0, "the new version has no refusal Empty"),
        (
            code(FunctionSource("Full", FULL, NEVER, Refuse("Full", FULL)), methods=()),
            0,
            "no refusal Full, or one with other fields",
        ),
        (
            code(ADD, replace(TOLD, body=CALLS_ADD), methods=()),
            1,
            "what becomes of the refusal Full calls a method",
        ),
        (
            code(replace(TOLD, body=Refuse("Full", FULL_V2)), methods=()),
            0,
            "they refuse with Full, which the old version does not know, or has otherwise",
        ),
    ],
)
def test_what_is_no_adapter_between_the_two_is_rejected(program: Program, imports: int, message: str) -> None:
    with pytest.raises(Rejected, match=message):
        checked(program, imports)


def test_parameters_are_those_of_the_old_interface() -> None:
    linked: Facade = facade(OLD, checked(), own_facade(verify(NEW)))
    found = linked.program.method("add")
    assert found is not None
    assert found.parameters == (Parameter("n", INT),)


def identity(program: Program) -> AdapterCode:
    """Adapters of which each calls the method that it is named after, and gives what that gives."""
    imports = [stub(each.name, each.domain, each.result) for each in program.methods]
    methods = tuple(MethodSource(each.name, each.parameters, each.result, Call(each.name)) for each in program.methods)
    made = assemble(ProgramSource("adapters", UNIT, Constant(UNIT, ()), tuple(imports), methods))
    return check_adapters(made, len(imports), program, program)


@settings(deadline=None, max_examples=30)
@given(programs() | imperative_programs(), st.data())
def test_the_facade_of_identities_is_the_program(source: ProgramSource, data: st.DataObject) -> None:
    program = assemble(source)
    once = facade(program, identity(program), own_facade(verify(program)))
    twice = facade(program, identity(program), once, whole=data.draw(st.booleans()))
    assert not twice.missing
    assert not twice.untold
    state = data.draw(values(program.state))
    for each in program.methods:
        arguments = data.draw(values(each.domain))
        expected = _seen(outcome(Interpreter(verify(program)), each.name, arguments, state, 5_000))
        # The calls in between cost something, so that only what had enough to begin with can be compared.
        assume(b"OutOfFuel" not in expected[1])
        for linked in (once, twice):
            for execution in EXECUTIONS:
                assert _seen(outcome(execution(linked.verified), each.name, arguments, state, 6_000)) == expected


def _seen(found: Any) -> Any:
    return found[0], encode_raw(found[1:])


def test_changed_adapters_are_rejected_or_linked_and_never_a_fault() -> None:
    random = Random(7)
    verified = verify(ADAPTERS)
    mutator = Mutator(random, bodies(verified) + bodies(verify(NEW)))
    linked = 0
    for _ in range(150):
        changed = mutator.mutated(verified)
        try:
            code = check_adapters(changed, random.choice((0, 1, 1, 1, 2)), OLD, NEW)
        except Rejected:
            continue
        found = facade(OLD, code, own_facade(verify(NEW)))
        linked += 1
        for each in found.program.methods:
            arguments = (random.randrange(20),) if each.parameters else ()
            seen = [
                _seen(outcome(execution(found.verified), each.name, arguments, (3,), 3_000)) for execution in EXECUTIONS
            ]
            assert seen[0] == seen[1]
    assert linked > 5
