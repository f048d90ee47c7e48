"""Morphisms: functions over ports become terms that do what the functions say, in that order, each thing once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

import camshaft.category as cat
from camshaft.bytecode.instructions import Op
from camshaft.bytecode.primitives import PRIMITIVES_BY_OPCODE
from camshaft.bytecode.program import Place
from camshaft.bytecode.verifier import Verified, verify
from camshaft.category import Morphism, Term, morphism
from camshaft.category import terms as t
from camshaft.category.assembler import assemble
from camshaft.category.morphisms import (
    Traced,
    constant,
    contains,
    each,
    fold,
    if_,
    inject,
    kase,
    length,
    list_of,
    map_each,
    operation,
    port,
    program,
    record,
    refuse,
    run,
    trap,
)
from camshaft.category.subterms import size
from camshaft.errors import AssertionFailed, DividedByZero, MissingKey, Refused, TooLarge
from camshaft.execution.interpreter import Interpreter
from camshaft.values.types import BOOL, INT, STR, UNIT, List, Map, Record, Type, Variant, tuple_of

MAYBE = Variant((("None", UNIT), ("int", INT)))
STATE = Record((("n", INT), ("stock", Map(STR, INT)), ("log", List(STR))))
START: Any = (0, {"tea": 3}, [])


def machine(*methods: Morphism) -> Verified:
    state = methods[0].state
    return verify(assemble(program("m", state, () if state is UNIT else START, *methods)))


def call(made: Morphism, *arguments: Any) -> Any:
    """What a morphism gives in bytecode, on the initial state."""
    return step(made, *arguments)[0]


def step(made: Morphism, *arguments: Any) -> tuple[Any, Any]:
    interpreter = Interpreter(machine(made))
    return interpreter.step(made.name, arguments, interpreter.initial_state())


def instructions(made: Morphism) -> Counter[str]:
    """How often each instruction, or operation, is in the code of a morphism."""
    opcodes = machine(made).methods[made.name].code.opcodes
    operations = {opcode: each.name for opcode, each in PRIMITIVES_BY_OPCODE.items()}
    return Counter(operations.get(opcode) or Op(opcode).name for opcode in opcodes)


# ---- what functions say ----------------------------------------------------------------------------------------------


def test_swap_is_the_function_that_returns_its_parameters_the_other_way_round() -> None:
    @morphism(INT, STR)
    def swap(x, y):  # type: ignore[no-untyped-def]
        return y, x

    assert swap.term == cat.swap
    assert (swap.domain, swap.codomain) == (tuple_of(INT, STR), tuple_of(STR, INT))
    assert call(swap, 1, "a") == ("a", 1)


@pytest.mark.parametrize(
    ("function", "types", "arguments", "result"),
    [
        (lambda: 7, [], (), 7),
        (lambda x: x, [INT], (7,), 7),
        (lambda x: None, [INT], (7,), ()),
        (lambda x, y: x + y * 2 - 1, [INT, INT], (5, 6), 16),
        (lambda x, y: 1 - (2 * x) + 3 // y, [INT, INT], (5, 2), -8),
        (lambda x, y: (x // y, x % y, 17 % y), [INT, INT], (-7, 2), (-4, 1, 1)),
        (lambda x: (-x, abs(x), x**2), [INT], (-3,), (3, 3, 9)),
        (
            lambda x, y: (x < y, x <= y, x > y, x >= y, x == y, x != y),
            [INT, INT],
            (1, 2),
            (True, True, False, False, False, True),
        ),
        (lambda x, y: (x & y, x | y, ~x), [BOOL, BOOL], (True, False), (False, True, False)),
        (lambda x: ("a" + x + "b", x[0], contains(x, "x"), length(x)), [STR], ("xy",), ("axyb", "x", True, 2)),
        (lambda x: (x[-1], x + x, contains(x, 2), length(x)), [List(INT)], ([1, 2],), (2, [1, 2, 1, 2], True, 2)),
        (lambda x, k: (x[k], contains(x, "z")), [Map(STR, INT), STR], ({"a": 1}, "a"), (1, False)),
        (lambda x: record(sum=x[0] + x[1], pair=x).sum, [tuple_of(INT, INT)], ((1, 2),), 3),
        (lambda x: list_of(x, x + 1), [INT], (1,), [1, 2]),
        (lambda x: list_of(x), [INT], (1,), [1]),
        (lambda x: inject(MAYBE, "int", x + 1), [INT], (1,), ("int", 2)),
        (
            lambda x: (inject(MAYBE, "None"), True, "text", (1, None)),
            [INT],
            (1,),
            (("None", ()), True, "text", (1, ())),
        ),
        (lambda x: constant(List(INT), [1]) + x, [List(INT)], ([2],), [1, 2]),
        (lambda x: run(cat.copy >> cat.swap, x), [INT], (1,), (1, 1)),
        (lambda x: operation("int_to_str", x + 1), [INT], (1,), "2"),
        (lambda x: if_(x > 0, lambda: x + 1, lambda: 0), [INT], (1,), 2),
        (lambda xs: map_each(xs, lambda x: x * x + length(xs)), [List(INT)], ([1, 2],), [3, 6]),
        (lambda xs: fold(xs, 0, lambda total, x: total + x), [List(INT)], ([1, 2, 3],), 6),
    ],
)
def test_a_traced_function_gives_what_the_function_says(
    function: Callable[..., Any], types: list[Type], arguments: tuple[Any, ...], result: Any
) -> None:
    assert call(morphism(*types, name="f")(function), *arguments) == result


def test_a_sum_is_checked_for_size_where_it_is_returned_and_not_before() -> None:
    @morphism(INT)
    def back(x):  # type: ignore[no-untyped-def]
        return x + 1 - 1

    largest = 2**4096 - 1
    assert call(back, largest) == largest
    assert [instructions(back)[name] for name in ("add", "subtract", "cap")] == [1, 1, 1]
    with pytest.raises(TooLarge):
        call(morphism(INT)(lambda x: x + 1), largest)


def test_the_branches_of_a_kase_see_the_ports_around_it() -> None:
    @morphism(INT, MAYBE, STR)
    def plus(x, maybe, text):  # type: ignore[no-untyped-def]
        double = x + x
        return kase(maybe, int=lambda n: (double + n, text), None_=lambda: (double, "none"))

    assert call(plus, 5, ("int", 1), "some") == (11, "some")
    assert call(plus, 5, ("None", ()), "some") == (10, "none")


def test_kases_nest_and_refuse() -> None:
    @morphism(MAYBE, MAYBE)
    def both(a, b):  # type: ignore[no-untyped-def]
        return kase(a, int=lambda m: kase(b, int=lambda n: m + n, None_=lambda: refuse("Half", m=m)), None_=lambda: 0)

    assert call(both, ("int", 1), ("int", 2)) == 3
    assert call(both, ("None", ()), ("int", 2)) == 0
    with pytest.raises(Refused) as refused:
        call(both, ("int", 1), ("None", ()))
    assert (refused.value.name, refused.value.payload) == ("Half", (1,))


def test_a_trap_ends_the_step() -> None:
    @morphism(INT)
    def positive(x):  # type: ignore[no-untyped-def]
        return if_(x > 0, lambda: x, lambda: trap("AssertionError", "not positive"))

    assert call(positive, 1) == 1
    with pytest.raises(AssertionFailed, match="not positive"):
        call(positive, -1)


# ---- state -----------------------------------------------------------------------------------------------------------


def test_places_of_the_state_are_read_written_and_changed() -> None:
    @morphism(STR, INT, state=STATE)
    def sell(state, item, count):  # type: ignore[no-untyped-def]
        left = state.stock[item].get() - count
        if_(left < 0, lambda: refuse("OutOfStock", item=item), lambda: None)
        if_(left == 0, lambda: state.stock[item].delete(), lambda: state.stock[item].put(left))
        state.log.append(item)
        state.n.put(state.n.get() + count)
        return left

    assert step(sell, "tea", 1) == (2, (1, {"tea": 2}, ["tea"]))
    assert step(sell, "tea", 3) == (0, (3, {}, ["tea"]))
    with pytest.raises(Refused, match="OutOfStock"):
        step(sell, "tea", 4)
    with pytest.raises(MissingKey):
        step(sell, "jam", 1)


def test_effects_happen_in_the_order_in_which_the_function_has_them() -> None:
    @morphism(state=STATE)
    def order(state):  # type: ignore[no-untyped-def]
        before = state.n.get()
        state.n.put(5)
        between = state.n.get()
        state.n.put(between + 1)
        return state.n.get(), before, between  # read in another order than written down

    assert step(order) == ((6, 0, 5), (6, {"tea": 3}, []))


def test_of_two_operations_that_fail_the_first_is_seen() -> None:
    @morphism(INT, state=STATE)
    def fail(state, x):  # type: ignore[no-untyped-def]
        quotient = x // 0
        missing = state.stock["jam"].get()
        return missing + quotient

    with pytest.raises(DividedByZero):
        call(fail, 1)


def test_loops_change_the_state_and_nest() -> None:
    @morphism(List(List(INT)), state=STATE)
    def count(state, rows):  # type: ignore[no-untyped-def]
        each(rows, lambda row: each(row, lambda x: state.n.put(state.n.get() + x)))
        total = fold(rows, 0, lambda so_far, row: so_far + fold(row, 1, lambda product, x: product * x))
        return total, fold(
            list_of(total, state.n.get()), fold(rows, 0, lambda n, row: n + length(row)), lambda a, b: a + b
        )

    assert step(count, [[1, 2], [3, 4]]) == ((14, 28), (10, {"tea": 3}, []))


# ---- sharing ---------------------------------------------------------------------------------------------------------


def test_a_port_that_is_used_twice_is_computed_once() -> None:
    def doubled(times: int) -> Morphism:
        def function(x):  # type: ignore[no-untyped-def]
            for _ in range(times):
                x = x * x
            return x

        return morphism(INT, name="doubled")(function)

    assert call(doubled(3), 2) == 256
    for times in (1, 5, 20, 200):
        assert instructions(doubled(times))["multiply"] == times


def test_a_port_that_is_used_by_both_branches_and_a_loop_is_computed_once() -> None:
    @morphism(INT, List(INT))
    def shared(x, xs):  # type: ignore[no-untyped-def]
        square = x * x
        return if_(x > 0, lambda: square, lambda: 0), map_each(xs, lambda y: y + square)

    assert call(shared, 3, [1]) == (9, [10])
    assert instructions(shared)["multiply"] == 1


def test_what_is_used_once_needs_no_variable() -> None:
    @morphism(INT, state=STATE)
    def add(state, x):  # type: ignore[no-untyped-def]
        state.n.put(state.n.get() + x)

    by_hand = t.operate(t.Primitive("add"), t.Get(Place(0, ("n",))), cat.identity) >> cat.primitive("cap")
    assert add.term == t.sequence(by_hand >> cat.put("n"), cat.identity) >> cat.consume


def test_what_is_not_used_and_has_no_effect_is_not_computed() -> None:
    @morphism(INT, state=STATE)
    def same(state, x):  # type: ignore[no-untyped-def]
        state.n.get() + x
        return x

    assert same.term == cat.identity


# ---- morphisms that call morphisms -----------------------------------------------------------------------------------


def test_a_morphism_is_used_in_another_as_a_function() -> None:
    @morphism(INT, INT)
    def add(x, y):  # type: ignore[no-untyped-def]
        return x + y

    @morphism(INT)
    def four_times(x):  # type: ignore[no-untyped-def]
        return add(add(x, x), add(x, x))

    assert call(four_times, 3) == 12


def test_a_chain_of_shared_morphisms_that_call_each_other_twice_stays_small() -> None:
    def twice(inner: Morphism | None, depth: int) -> Morphism:
        def function(x):  # type: ignore[no-untyped-def]
            return x + 1 if inner is None else inner(inner(x))

        return morphism(INT, name=f"level{depth}", shared=True)(function)

    made = None
    for depth in range(13):
        made = twice(made, depth)
    assert made is not None
    source = program("m", UNIT, (), made)
    assert len(source.functions) == 12
    bodies = [function.body for function in source.functions] + [method.body for method in source.methods]
    assert sum(map(size, bodies)) < 12 * 8
    assert Interpreter(verify(assemble(source))).step("level12", (0,), ())[0] == 2**12


def test_a_morphism_with_a_fold_keeps_its_slots_apart_from_those_around_it() -> None:
    @morphism(List(INT))
    def total(xs):  # type: ignore[no-untyped-def]
        return fold(xs, 0, lambda so_far, x: so_far + x)

    @morphism(List(List(INT)))
    def longest(rows):  # type: ignore[no-untyped-def]
        return fold(rows, "", lambda text, row: text + operation("int_to_str", total(row)))

    assert call(longest, [[1, 2], [3, 4]]) == "37"


# ---- functions of functions ------------------------------------------------------------------------------------------


def test_a_combinator_of_higher_order_is_a_python_function() -> None:
    def both(function: Callable[[Traced], Any]) -> Callable[[Traced], Any]:
        """Map over a pair."""
        return lambda pair: (function(pair[0]), function(pair[1]))

    mapped = morphism(tuple_of(INT, INT), name="mapped")(both(lambda x: x * x))
    assert call(mapped, (3, 4)) == (9, 16)


def test_a_list_of_terms_is_folded_to_one() -> None:
    terms: list[Term] = [cat.copy, cat.primitive("multiply"), cat.copy, cat.primitive("multiply")]
    pipeline = reduce(lambda done, term: done >> term, terms, cat.identity)
    assert call(morphism(INT)(lambda x: run(pipeline, x)), 2) == 16


def test_a_retry_is_a_python_function_over_branches() -> None:
    def retry(times: int, attempt: Callable[[], Traced], give_up: Callable[[], Any]) -> Any:
        if times == 0:
            return give_up()
        return kase(attempt(), int=lambda n: n, None_=lambda: retry(times - 1, attempt, give_up))

    @morphism(INT, state=STATE)
    def third_time(state, x):  # type: ignore[no-untyped-def]
        def attempt() -> Traced:
            state.n.put(state.n.get() + 1)
            return if_(state.n.get() >= x, lambda: inject(MAYBE, "int", state.n.get()), lambda: inject(MAYBE, "None"))

        return retry(4, attempt, lambda: refuse("GaveUp"))

    assert step(third_time, 3)[0] == 3
    with pytest.raises(Refused, match="GaveUp"):
        step(third_time, 9)


# ---- mistakes --------------------------------------------------------------------------------------------------------


def says(function: Callable[..., Any], *domain: Type, state: Type | None = None) -> str:
    with pytest.raises(cat.PortError) as error:
        morphism(*domain, state=state, name="f")(function)
    text = str(error.value)
    assert text.startswith("test_morphisms.py:"), text
    return text.partition(": ")[2]


def test_a_port_used_outside_of_its_branch_is_an_error_that_says_where_it_is_from() -> None:
    kept: list[Any] = []

    def leak(x: Any, maybe: Any) -> Any:
        kase(maybe, int=lambda n: kept.insert(0, n), None_=lambda: None)
        return kept[0] + x

    text = says(leak, INT, MAYBE)
    assert "in the branch int of a kase, is used outside of it, where it may have no value" in text
    assert "return it from there, and use the result" in text
    assert "a port that was made at test_morphisms.py:" in text


def test_a_port_used_outside_of_its_loop_is_an_error() -> None:
    kept: list[Any] = []
    text = says(lambda xs: (each(xs, kept.append), kept[0])[1], List(INT))
    assert "in the body of a loop, is used outside of it" in text


def test_a_port_of_another_trace_is_an_error_that_says_what_to_do() -> None:
    def outer(x: Any) -> Any:
        inner = morphism(INT, name="inner")(lambda y: y + x)
        return inner(x)

    text = says(outer, INT)
    assert "in the morphism f, is used in the morphism inner, which is another trace" in text
    assert "give it to inner as an argument" in text


def test_a_port_used_after_its_trace_is_an_error() -> None:
    kept: list[Any] = []
    morphism(INT, name="first")(kept.append)
    assert "is used after first was traced; use it in that function" in says(lambda: kept[0] + 1)
    with pytest.raises(cat.PortError, match="no morphism is traced; do this in a function under @morphism"):
        operation("add", 1, 2)


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (lambda x, m, xs: x + m, "add takes Wide, Wide -> Wide; here it is given Int, None | int Int"),
        (lambda x, m, xs: operation("plus", x), "there is no operation 'plus'; there are add, "),
        (lambda x, m, xs: 1 if x else 2, "no truth value while f is traced; decide with if_"),
        (lambda x, m, xs: 0 < x < 10, "write a < b < c as (a < b) & (b < c)"),
        (lambda x, m, xs: 1 in xs, "use contains(container, item)"),
        (lambda x, m, xs: list(xs), "only the port of a tuple can be unpacked, and this is one of List[Int]"),
        (lambda x, m, xs: port((x, m)).real, "has no field 'real'; it has 0, 1"),
        (lambda x, m, xs: x.real, "a port of Int has no field 'real'"),
        (lambda x, m, xs: x & True, "& and | combine conditions, ports of Bool; here are Int"),
        (lambda x, m, xs: [1], "[1] has no port; write constant(type, value)"),
        (lambda x, m, xs: kase(x, a=lambda: 1), "given ['a'], the port has no cases: it is Int"),
        (lambda x, m, xs: kase(m, int=lambda n: n), "given ['int'], the port has ['None', 'int']"),
        (lambda x, m, xs: kase(m, int=lambda n: n, None_=lambda: "a"), "None leads to Str, int leads to Int"),
        (lambda x, m, xs: if_(x, lambda: 1, lambda: 2), "the condition of an if_ is a Bool, not Int"),
        (lambda x, m, xs: if_(x > 0, lambda: 1, lambda: "a"), "then leads to Int, otherwise leads to Str"),
        (lambda x, m, xs: each(x, lambda y: None), "goes through a list, not through Int"),
        (lambda x, m, xs: fold(xs, "", lambda text, y: y), "a fold starts with Str and its body leads to Int"),
        (lambda x, m, xs: run(cat.swap, x), "the term makes no sense on Int: Int has no field '1'"),
        (lambda x, m, xs: morphism(INT, name="g")(lambda y: y)("a"), "g takes (y: Int); here it is given (Str,)"),
    ],
)
def test_a_mistake_is_an_error_that_says_what_and_where(function: Callable[..., Any], text: str) -> None:
    assert text in says(function, INT, MAYBE, List(INT))


def test_a_mistake_about_the_state_is_an_error_that_says_what_to_do() -> None:
    counts = morphism(state=STATE, name="counts")(lambda state: state.n.get())
    assert "run(zoom((…), counts.term), …)" in says(lambda: counts())
    assert "there is no such place: " in says(lambda state: state.m.get(), state=STATE)
    assert "read the place with .get()" in says(lambda state: state.n, state=STATE)
    assert "takes (Int,), not Str" in says(lambda state: state.n.put("a"), state=STATE)
    inner = morphism(state=STATE, name="inner")
    assert "is used in inner, which is another trace" in says(lambda state: inner(lambda _: state.n.get()), state=STATE)


def test_two_shared_morphisms_of_one_name_are_an_error() -> None:
    one, other = (morphism(INT, name="same", shared=True)(lambda x: x + 1) for _ in range(2))
    assert "two shared morphisms are named same" in says(lambda: one(1) + other(1))
