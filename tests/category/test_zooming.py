"""Zooming: a term on a part of the state, at that part of a larger one, does what it does on the part alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import camshaft.category as cat
from camshaft.category import Term
from camshaft.category import terms as t
from camshaft.category.meaning import FunctionMeaning, Typed, meaning
from camshaft.category.typing import Context, infer
from camshaft.errors import Refused, Trap
from camshaft.values.codec import encode_raw
from camshaft.values.types import INT, STR, UNIT, List, Map, Record, Type, tuple_of
from generators.occasions import occasion
from generators.terms import RICH_STATE, Around, grow
from generators.types import types, values


def outcome(term: Term, given_: Typed, state: Typed) -> tuple[Any, ...]:
    infer(term, given_.type, Context((state.type,)))
    try:
        result, (after,) = meaning(term, given_, (state,), {}, occasion())
    except Refused as refused:
        return ("refused", refused.name, encode_raw(refused.payload))
    except Trap as trap:
        return ("trap", trap.kind)
    return ("returned", encode_raw(result.value), after.value)


def inside(whole: tuple[Any, ...], take: Any) -> tuple[Any, ...]:
    return (*whole[:2], encode_raw(take(whole[2]))) if whole[0] == "returned" else whole


@st.composite
def zoomed(draw: st.DrawFn) -> tuple[Term, Typed, Typed]:
    part = draw(st.just(RICH_STATE) | types(depth=2))
    domain = draw(types(depth=2))
    term = grow(draw, domain, draw(types(depth=2)), Around((part,), (), (), 3))
    return term, Typed(domain, draw(values(domain))), Typed(part, draw(values(part)))


@given(zoomed())
def test_a_term_zoomed_into_a_field_does_there_what_it_does_alone(drawn: tuple[Term, Typed, Typed]) -> None:
    term, given_, part = drawn
    whole = Typed(Record((("n", INT), ("part", part.type))), (7, part.value))
    found = outcome(cat.zoom(("part",), term), given_, whole)
    assert inside(found, lambda state: state[1]) == inside(outcome(term, given_, part), lambda state: state)


@given(zoomed())
def test_a_term_zoomed_behind_a_key_does_there_what_it_does_alone(drawn: tuple[Term, Typed, Typed]) -> None:
    term, given_, part = drawn
    whole = Typed(Map(STR, part.type), {"a": part.value})
    keyed = Typed(tuple_of(given_.type, STR), (given_.value, "a"))
    found = outcome(cat.zoom((None,), term), keyed, whole)
    assert inside(found, lambda state: state["a"]) == inside(outcome(term, given_, part), lambda state: state)


@given(zoomed())
def test_a_term_zoomed_behind_two_keys_does_there_what_it_does_alone(drawn: tuple[Term, Typed, Typed]) -> None:
    term, given_, part = drawn
    shelf: Type = Record((("boxes", List(part.type)),))
    whole = Typed(Map(STR, shelf), {"a": ([part.value],)})
    keyed = Typed(tuple_of(given_.type, tuple_of(STR, INT)), (given_.value, ("a", 0)))
    found = outcome(cat.zoom((None, "boxes", None), term), keyed, whole)
    assert inside(found, lambda state: state["a"][0][0]) == inside(outcome(term, given_, part), lambda state: state)


def test_a_function_is_not_zoomed_into_unless_it_uses_no_state() -> None:
    calls = cat.copy >> t.Call("twice") @ cat.consume
    with pytest.raises(ValueError, match=r"the term calls twice, .*zoom into the body of the function instead"):
        cat.zoom(("part",), calls)
    term = cat.zoom(("part",), calls, stateless=["twice"])
    body = FunctionMeaning(INT, INT, cat.identity)
    result, _ = meaning(term, Typed(INT, 4), (Typed(UNIT, ()),), {"twice": body})
    assert result.value == (4, ())
