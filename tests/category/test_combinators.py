"""Combinators have the types that they state and mean what they are called."""

from __future__ import annotations

from typing import Any

import pytest

import camshaft.category as cat
from camshaft.category import Term
from camshaft.category.meaning import Typed, meaning
from camshaft.category.typing import Context, infer
from camshaft.errors import Refused
from camshaft.values.types import BOOL, INT, NEVER, STR, TIME, UNIT, Function, List, Record, Type, Variant, tuple_of
from generators.occasions import occasion

MAYBE = Variant((("None", UNIT), ("int", INT)))


def run(term: Term, domain: Type, value: Any) -> tuple[Type, Any]:
    """The codomain of a closed term and what it gives."""
    codomain, _ = infer(term, domain, Context())
    result, _ = meaning(term, Typed(domain, value), (), {})
    assert result.type is codomain
    return codomain, result.value


def test_swap_is_made_of_copy_and_projections_as_in_the_seed() -> None:
    seeds = cat.copy >> cat.second @ cat.first
    for swap in (seeds, cat.swap):
        assert run(swap, tuple_of(INT, STR), (1, "a")) == (tuple_of(STR, INT), ("a", 1))


@pytest.mark.parametrize(
    ("term", "domain", "value", "codomain", "result"),
    [
        (cat.identity, INT, 1, INT, 1),
        (cat.consume, INT, 1, UNIT, ()),
        (cat.assoc, tuple_of(tuple_of(INT, STR), BOOL), ((1, "a"), True), None, (1, ("a", True))),
        (cat.unassoc, tuple_of(INT, tuple_of(STR, BOOL)), (1, ("a", True)), None, ((1, "a"), True)),
        (cat.assoc >> cat.unassoc, tuple_of(tuple_of(INT, STR), BOOL), ((1, "a"), True), None, ((1, "a"), True)),
        (cat.primitive("negate") @ cat.identity, tuple_of(INT, STR), (1, "a"), None, (-1, "a")),
        (
            cat.par(cat.consume, cat.identity, cat.copy),
            tuple_of(INT, STR, BOOL),
            (1, "a", True),
            None,
            ((), "a", (True, True)),
        ),
        (cat.on_first(cat.consume), tuple_of(INT, STR), (1, "a"), tuple_of(UNIT, STR), ((), "a")),
        (cat.on_second(cat.consume), tuple_of(INT, STR), (1, "a"), tuple_of(INT, UNIT), (1, ())),
        (
            cat.record(a=cat.first, b=cat.second),
            tuple_of(INT, STR),
            (1, "x"),
            Record((("a", INT), ("b", STR))),
            (1, "x"),
        ),
        (cat.project("b"), Record((("a", INT), ("b", STR))), (1, "x"), STR, "x"),
        (cat.inject(MAYBE, "int"), INT, 1, MAYBE, ("int", 1)),
        (cat.maybe(MAYBE, absent=cat.constant(INT, 7), present=cat.identity), MAYBE, ("None", ()), INT, 7),
        (cat.case(None_=cat.constant(INT, 7), int=cat.identity), MAYBE, ("int", 1), INT, 1),
        (
            # A branch sees the pair around it, and the payload.
            cat.kase(
                cat.second,
                None_=cat.first >> cat.first,
                int=cat.primitive("multiply", cat.first >> cat.first, cat.second),
            ),
            tuple_of(INT, MAYBE),
            (5, ("int", 3)),
            INT,
            15,
        ),
        (
            cat.distribute() >> cat.undistribute(tuple_of(STR, MAYBE)),
            tuple_of(STR, MAYBE),
            ("around", ("int", 1)),
            tuple_of(STR, MAYBE),
            ("around", ("int", 1)),
        ),
        (cat.if_else(cat.identity, cat.constant(INT, 1), cat.constant(INT, 2)), BOOL, False, INT, 2),
        (cat.uncurry(cat.curry(INT, cat.swap)), tuple_of(STR, INT), ("a", 1), tuple_of(INT, STR), (1, "a")),
        (
            cat.map_each(cat.swap),
            tuple_of(STR, List(INT)),
            ("a", [1, 2]),
            List(tuple_of(INT, STR)),
            [(1, "a"), (2, "a")],
        ),
        (cat.loop(cat.consume), tuple_of(STR, List(INT)), ("a", [1, 2]), UNIT, ()),
    ],
)
def test_a_combinator_has_its_types_and_its_meaning(
    term: Term, domain: Type, value: Any, codomain: Type | None, result: Any
) -> None:
    found, made = run(term, domain, value)
    assert made == result
    assert codomain is None or found is codomain


def test_the_type_of_a_curried_term_carries_what_applying_it_may_do() -> None:
    codomain, effects = infer(cat.curry(INT, cat.second >> cat.put("n")), UNIT, Context((Record((("n", INT),)),)))
    assert isinstance(codomain, Function)
    assert effects.is_query
    _, applied = infer(cat.apply, tuple_of(codomain, INT), Context((Record((("n", INT),)),)))
    assert not applied.is_query


STATE = Record((("n", INT), ("log", List(STR)), ("parts", Variant((("a", UNIT),)))))


def step(term: Term, domain: Type, value: Any, state: Typed) -> tuple[Any, Any]:
    infer(term, domain, Context((state.type,)))
    result, (after,) = meaning(term, Typed(domain, value), (state,), {})
    return result.value, after.value


def test_state_is_read_written_and_changed_at_places() -> None:
    state = Typed(STATE, (1, ["x"], ("a", ())))
    assert step(cat.get("n"), UNIT, (), state) == (1, state.value)
    assert step(cat.put("n"), INT, 5, state) == ((), (5, ["x"], ("a", ())))
    assert step(cat.append("log"), STR, "y", state) == ((), (1, ["x", "y"], ("a", ())))
    assert step(cat.delete("log", None), INT, 0, state) == ((), (1, [], ("a", ())))
    add = cat.primitive("add") >> cat.primitive("cap")
    assert step(cat.update("n", add), INT, 4, state) == ((), (5, ["x"], ("a", ())))


def test_a_question_is_answered_by_the_occasion() -> None:
    around = occasion()
    term = cat.fork(cat.ask("now"), cat.ask("random_between", cat.constant(INT, 3), cat.identity), cat.ask("key"))
    codomain, effects = infer(term, INT, Context())
    assert codomain is tuple_of(TIME, INT, STR)
    assert effects.asks_occasion
    assert meaning(term, Typed(INT, 4), (), {}, around)[0].value == (around.time_us, 3, around.key)
    assert around.draws.count == 1


def test_refusals_and_traps_lead_nowhere() -> None:
    full = Record((("size", INT),))
    never, effects = infer(cat.record(size=cat.identity) >> cat.refuse("Full", full), INT, Context())
    assert never is NEVER
    assert effects.refuses == {"Full"}
    with pytest.raises(Refused, match="Full"):
        run(cat.if_else(cat.identity, cat.consume >> cat.refuse("Full"), cat.consume), BOOL, True)
    assert infer(cat.trap("KeyError"), STR, Context())[1].traps == {"KeyError"}


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (lambda: cat.inject(MAYBE, "str"), "no case 'str'; it has None, int"),
        (lambda: cat.maybe(Variant((("a", INT),)), absent=cat.identity, present=cat.identity), "not an optional"),
        (lambda: cat.undistribute(tuple_of(INT, INT)), "no variant in the field '1'"),
        (lambda: cat.primitive("plus"), "no operation 'plus'; there are add, subtract"),
        (lambda: cat.ask("time"), "no question 'time'; there are now, key"),
        (lambda: cat.refuse("Full", tuple_of(INT)), r"have names; \(Int\) is a tuple"),
    ],
)
def test_a_combinator_says_what_it_cannot_make(mistake: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        mistake()
