"""The simplifier: never larger, never of another meaning, type or more effects; and it does use the laws."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import camshaft.category as cat
from camshaft.category import Term
from camshaft.category import terms as t
from camshaft.category.assembler import ProgramSource
from camshaft.category.conditions import typed
from camshaft.category.laws import LAWS
from camshaft.category.meaning import FunctionMeaning, Typed, meaning
from camshaft.category.schemes import shaped
from camshaft.category.simplifier import simplify
from camshaft.category.subterms import same, size
from camshaft.category.typing import Context, Signature, infer
from camshaft.errors import Refused, Trap
from camshaft.values.codec import encode
from camshaft.values.types import BOOL, INT, STR, UNIT, Record, Type, Variant, tuple_of
from generators.laws import OUT, context, instances, outcome, starts
from generators.occasions import occasion
from generators.terms import REFUSALS, imperative_programs, programs
from generators.types import values


def simplified(term: Term, domain: Type, around: Context) -> Term:
    """The simplified term, of which everything but its meaning was checked."""
    small = simplify(term, domain, around)
    before, after = typed(term, domain, around), typed(small, domain, around)
    assert before is not None
    assert after is not None
    assert after[0] is before[0]
    assert after[1] <= before[1]
    assert size(small) <= size(term)
    assert same(simplify(small, domain, around), small), "something was left to do"
    return small


@given(programs() | imperative_programs(), st.data())
@settings(max_examples=settings().max_examples // 2)
def test_a_simplified_method_does_what_it_did(source: ProgramSource, data: st.DataObject) -> None:
    signatures: dict[str, Signature] = {}
    functions: dict[str, FunctionMeaning] = {}
    for function in source.functions:
        around = Context((source.state,), dict(signatures))
        body = simplified(function.body, function.domain, around)
        signatures[function.name] = Signature(
            function.domain, function.codomain, infer(body, function.domain, around)[1]
        )
        functions[function.name] = FunctionMeaning(function.domain, function.codomain, body)
    for method in source.methods:
        domain = Record((parameter.name, parameter.type) for parameter in method.parameters)
        body = simplified(method.body, domain, Context((source.state,), signatures))
        given_, state = Typed(domain, data.draw(values(domain))), Typed(source.state, data.draw(values(source.state)))
        unchanged = {each.name: FunctionMeaning(each.domain, each.codomain, each.body) for each in source.functions}
        assert ended(body, given_, state, functions) == ended(method.body, given_, state, unchanged)


def ended(term: Term, given_: Typed, state: Typed, functions: dict[str, FunctionMeaning]) -> tuple[Any, ...]:
    around = occasion()
    try:
        result, (after,) = meaning(term, given_, (state,), functions, around)
    except Refused as refused:
        return ("refused", refused.name, encode(REFUSALS[refused.name], refused.payload))
    except Trap as trap:
        return ("trap", trap.kind)
    return ("returned", around.draws.count, encode(result.type, result.value), encode(after.type, after.value))


@given(st.sampled_from(LAWS).flatmap(lambda law: st.tuples(st.just(law), instances(law))), st.data())
@settings(max_examples=2 * settings().max_examples)
def test_a_term_that_laws_are_about_is_simplified_to_one_of_the_same_meaning(drawn: Any, data: st.DataObject) -> None:
    law, sides = drawn
    around = context(shaped(law.codomain, sides.found))
    given_, slots = data.draw(starts(sides.domain))
    for side in (sides.left, sides.right):
        if typed(side, sides.domain, around) is not None:
            small = simplified(side, sides.domain, around)
            assert outcome(t.Block(OUT, small), given_, slots) == outcome(t.Block(OUT, side), given_, slots)


# ---- what it is good for ---------------------------------------------------------------------------------------------

STATE = Record((("n", INT),))
MAYBE = Variant((("None", UNIT), ("int", INT)))
NEGATE = cat.primitive("negate") >> cat.primitive("cap")
INCREMENT = cat.primitive("add", cat.get("n"), cat.constant(INT, 1)) >> cat.primitive("cap") >> cat.put("n")


@pytest.mark.parametrize(
    ("term", "domain", "expected"),
    [
        (cat.fork(cat.get("n"), cat.identity) >> cat.second, STR, cat.identity),
        (cat.swap >> cat.swap, tuple_of(INT, STR), cat.identity),
        (cat.assoc >> cat.unassoc, tuple_of(tuple_of(INT, STR), BOOL), cat.identity),
        (cat.copy >> cat.copy @ cat.copy >> cat.consume, INT, cat.consume),
        (cat.inject(MAYBE, "int") >> cat.case(None_=cat.constant(INT, 0), int=cat.identity), INT, cat.identity),
        (
            cat.fork(cat.identity, cat.inject(MAYBE, "int"))
            >> cat.distribute()
            >> cat.case(None_=cat.first, int=cat.second),
            INT,
            cat.identity,
        ),
        (cat.fork(cat.curry(INT, cat.first), cat.identity) >> cat.apply, INT, cat.identity),
        (cat.get("n") >> cat.put("n"), INT, cat.consume),
        (
            cat.sequence(cat.constant(INT, 1) >> cat.put("n"), cat.constant(INT, 2) >> cat.put("n")),
            UNIT,
            cat.constant(INT, 2) >> cat.put("n"),
        ),
    ],
)
def test_what_cancels_out_is_gone(term: Term, domain: Type, expected: Term) -> None:
    assert simplify(term, domain, Context((STATE,))) == expected


def test_a_repeated_computation_is_done_once() -> None:
    square = cat.fork(NEGATE >> cat.primitive("int_to_str"), NEGATE) >> cat.identity
    assert simplify(square, INT, Context()) == NEGATE >> cat.fork(cat.primitive("int_to_str"), cat.identity)


def test_effects_are_neither_left_out_nor_exchanged() -> None:
    twice = cat.sequence(INCREMENT, INCREMENT, cat.get("n"))
    small = simplify(twice, UNIT, Context((STATE,)))
    result, _ = meaning(small, Typed(UNIT, ()), (Typed(STATE, (0,)),), {})
    assert result.value == 2
    failing = cat.fork(cat.consume >> cat.refuse("Full"), cat.identity) >> cat.second
    assert same(simplify(failing, INT, Context()), failing)
