"""The interpreter: fuel, atomic steps, order. That it computes what terms mean is shown in `category/test_oracle`."""

from __future__ import annotations

from typing import Any

import pytest

from camshaft.bytecode.program import Parameter, Place
from camshaft.bytecode.text import assemble_text
from camshaft.bytecode.verifier import verify
from camshaft.category import terms as t
from camshaft.category.assembler import FunctionSource, MethodSource, ProgramSource, assemble
from camshaft.category.ports import Scope, let
from camshaft.category.terms import Term
from camshaft.errors import AssertionFailed, IndexOutOfRange, MissingKey, OutOfFuel, Refused, TooLarge
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from camshaft.values.types import INT, STR, UNIT, List, Map, Record, Type, tuple_of

STATE = Record((("count", INT), ("stock", Map(STR, INT)), ("log", List(INT))))
COUNT, STOCK, LOG = Place(0, ("count",)), Place(0, ("stock", None)), Place(0, ("log",))
INITIAL: Any = (0, {"a": 1}, [])


def number(value: int) -> Term:
    return t.Constant(INT, value)


def text(value: str) -> Term:
    return t.Constant(STR, value)


def plus(left: Term, right: Term) -> Term:
    return t.compose(t.operate(t.Primitive("add"), left, right), t.Primitive("cap"))


def machine(body: Term, result: Type = UNIT, *functions: FunctionSource) -> Interpreter:
    method = MethodSource("method", (Parameter("n", INT),), result, body)
    return Interpreter(
        verify(assemble(ProgramSource("machine", STATE, t.Constant(STATE, INITIAL), functions, (method,))))
    )


def up_to(stop: Term, body: Term) -> Term:
    items = t.operate(t.Primitive("range"), number(0), stop, number(1))
    return t.compose(t.Fork((("0", t.Identity()), ("1", items))), t.Each(body))


FAILURES: list[tuple[Term, type[Exception]]] = [
    (t.compose(t.Constant(UNIT, ()), t.Refuse("Sorry", UNIT)), Refused),
    (t.compose(text("no"), t.Trap("AssertionError")), AssertionFailed),
    (t.compose(t.operate(t.Get(STOCK), text("nothing")), t.Put(COUNT)), MissingKey),
    (t.operate(t.Delete(Place(0, ("log", None))), number(7)), IndexOutOfRange),
    (up_to(number(10_000_000), t.Fork(())), OutOfFuel),
]


@pytest.mark.parametrize(("failure", "error"), FAILURES)
def test_a_step_that_fails_leaves_the_state_alone(failure: Term, error: type[Exception]) -> None:
    body = t.sequence(
        t.operate(t.Put(COUNT), number(9)),
        t.operate(t.Put(STOCK), number(9), text("new")),
        t.operate(t.Delete(STOCK), text("a")),
        t.operate(t.Append(LOG), number(9)),
        t.compose(failure, t.Fork(())),
    )
    state: Any = (0, {"a": 1}, [])
    with pytest.raises(error):
        machine(body).step("method", (1,), state)
    assert state == (0, {"a": 1}, [])


def test_a_map_keeps_its_order_when_an_entry_is_written_again_and_moves_it_when_it_was_deleted() -> None:
    write = t.operate(t.Put(STOCK), number(5), text("a"))
    _, state = machine(write).step("method", (1,), (0, {"a": 1, "b": 2}, []))
    assert list(state[1].items()) == [("a", 5), ("b", 2)]
    again = t.sequence(t.operate(t.Delete(STOCK), text("a")), write)
    _, state = machine(again).step("method", (1,), (0, {"a": 1, "b": 2}, []))
    assert list(state[1].items()) == [("b", 2), ("a", 5)]


def test_an_exit_leaves_loops_and_local_slots_behind() -> None:
    n, scope = Scope().base("n", INT), Scope()
    inner, each = scope.bind(INT)
    found = t.If(
        t.operate(t.Primitive("equal"), inner.read(each), number(3)),
        t.compose(inner.read(each), t.Exit("search")),
        t.Fork(()),
    )
    body = t.Block(
        "search",
        t.Locals(
            Record((("x", INT),)),
            t.sequence(t.operate(t.Put(Place(1)), number(8)), up_to(scope.read(n), found), t.Get(Place(1))),
        ),
    )
    assert machine(body, INT).step("method", (10,), INITIAL)[0] == 3
    assert machine(body, INT).step("method", (2,), INITIAL)[0] == 8


def test_a_function_sees_and_changes_the_state_but_not_the_locals_of_its_caller() -> None:
    function = FunctionSource(
        "bump",
        UNIT,
        UNIT,
        t.Locals(
            Record((("x", INT),)),
            t.sequence(
                t.operate(t.Put(Place(1)), number(5)), t.operate(t.Put(COUNT), plus(t.Get(COUNT), t.Get(Place(1))))
            ),
        ),
    )
    body = t.Locals(
        Record((("x", INT),)),
        t.sequence(
            t.operate(t.Put(Place(1)), number(1)),
            t.operate(t.Put(COUNT), number(10)),
            t.compose(t.Fork(()), t.Call("bump")),
            t.Get(Place(1)),
        ),
    )
    result, state = machine(body, INT, function).step("method", (1,), INITIAL)
    assert (result, state[0]) == (1, 15)


def test_a_loop_is_paid_for_when_it_begins() -> None:
    body = up_to(Scope().read(Scope().base("n", INT)), t.operate(t.Append(LOG), number(1)))
    interpreter = machine(body)
    _, state = interpreter.step("method", (5,), INITIAL, fuel=200)
    assert state[2] == [1] * 5
    with pytest.raises(OutOfFuel, match="units of fuel"):
        interpreter.step("method", (100,), INITIAL, fuel=200)


def test_calls_that_double_at_each_level_cost_what_they_would_take() -> None:
    nothing: list[FunctionSource] = [FunctionSource("f0", UNIT, UNIT, t.Identity())]
    for level in range(1, 60):
        twice = t.sequence(t.Call(f"f{level - 1}"), t.Call(f"f{level - 1}"))
        nothing.append(FunctionSource(f"f{level}", UNIT, UNIT, twice))
    with pytest.raises(OutOfFuel):
        machine(t.compose(t.Fork(()), t.Call("f59")), UNIT, *nothing).step("method", (1,), INITIAL)


@pytest.mark.parametrize("operation", ["range", "power", "concat", "multiply"])
def test_nothing_can_be_made_to_explode(operation: str) -> None:
    n = Scope().read(Scope().base("n", INT))
    local = Place(1)
    bodies: dict[str, tuple[Term, Type]] = {
        "range": (t.compose(t.operate(t.Primitive("range"), number(0), n, number(1)), t.Primitive("length")), INT),
        "power": (t.operate(t.Primitive("power"), n, n), INT),
        "concat": (
            t.Locals(
                Record((("s", STR),)),
                t.sequence(
                    t.operate(t.Put(local), text("x")),
                    up_to(
                        number(64),
                        t.compose(t.operate(t.Primitive("concat"), t.Get(local), t.Get(local)), t.Put(local)),
                    ),
                    t.compose(t.Get(local), t.Primitive("length")),
                ),
            ),
            INT,
        ),
        "multiply": (
            t.Locals(
                Record((("i", INT),)),
                t.sequence(
                    t.compose(n, t.Put(local)),
                    up_to(
                        number(64),
                        t.compose(t.operate(t.Primitive("multiply"), t.Get(local), t.Get(local)), t.Put(local)),
                    ),
                    t.Get(local),
                ),
            ),
            INT,
        ),
    }
    body, result = bodies[operation]
    with pytest.raises((OutOfFuel, TooLarge)):
        machine(body, result).step("method", (10**12,), INITIAL)


def test_an_integer_at_the_cap_can_be_stored_and_one_beyond_it_cannot() -> None:
    body = t.compose(plus(t.Get(COUNT), Scope().read(Scope().base("n", INT))), t.Put(COUNT))
    largest = 2**4096 - 1
    _, state = machine(body).step("method", (1,), (largest - 1, {}, []))
    assert state[0] == largest
    with pytest.raises(TooLarge, match="4097 bits"):
        machine(body).step("method", (1,), (largest, {}, []))


def test_a_variable_bound_by_let_is_computed_once() -> None:
    count = t.operate(t.Put(COUNT), plus(t.Get(COUNT), number(1)))
    inner, bound = Scope().bind(INT)
    body = let(t.sequence(count, t.Get(COUNT)), t.fork(inner.read(bound), inner.read(bound)))
    assert machine(body, tuple_of(INT, INT)).step("method", (1,), INITIAL)[0] == (1, 1)


@pytest.mark.parametrize(
    "read", ["CONST [1]: List[Int] PUSH {} LIST_INDEX", "{} GET self[]", 'CONST "a" PUSH {} STR_INDEX']
)
def test_an_index_of_more_digits_than_python_writes_is_out_of_range(read: str) -> None:
    # A Wide grows by one bit in each sum, and Python refuses to write an integer of more than 4,300 digits.
    wide = "CONST 1 " + "PUSH ADD " * 15_000
    code = f"query q() -> () {read.format(wide)} CONST ()"
    verified = verify(assemble_text(f"camshaft 1 machine m state List[Int] initial CONST []: List[Int] {code}"))
    for execution in (Interpreter(verified), Compiled(verified)):
        with pytest.raises(IndexOutOfRange):
            execution.step("q", (), [1], 100_000)


def test_comparing_a_value_that_is_exponentially_large_costs_what_it_weighs() -> None:
    doubled = "CONST [1]: List[Int] " + "PUSH CONS {0, 1} COLLECT " * 30
    text = f"camshaft 1 machine m state () initial CONST () query q() -> Bool {doubled} PUSH EQUAL"
    interpreter = Interpreter(verify(assemble_text(text)))
    with pytest.raises(OutOfFuel):
        interpreter.step("q", (), ())
