"""Conversions lead from the one type to the other, and lose nothing where nothing may be dropped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from camshaft.category.meaning import Typed, meaning
from camshaft.category.typing import Context, infer
from camshaft.evolution.conversions import conversion
from camshaft.values.codec import encode
from camshaft.values.conformance import conforms
from camshaft.values.types import BOOL, INT, STR, UNIT, List, Map, Record, Set, Type, Variant
from generators.types import types, values

OPTIONAL = Variant((("None", UNIT), ("Int", INT)))


def converted(source: Type, target: Type, value: Any, *, drops: bool = True) -> Any:
    term = conversion(source, target, drops=drops)
    assert term is not None
    return meaning(term, Typed(source, value), (), {})[0].value


@st.composite
def wider(draw: st.DrawFn, type_: Type) -> Type:
    """A type that each value of the given one has a form in."""
    match type_:
        case Record():
            return Record((label, draw(wider(child))) for label, child in draw(st.permutations(type_.fields)))
        case Variant():
            cases = [(label, draw(wider(child))) for label, child in type_.cases]
            return Variant(draw(st.permutations([*cases, *draw(st.sampled_from([[], [("one more", UNIT)]]))])))
        case Set():
            return type_
        case List():
            return List(draw(wider(type_.element)))
        case Map():
            return Map(type_.key, draw(wider(type_.value)))
        case _:
            return type_


@given(st.data())
def test_a_value_has_a_form_in_each_wider_type_and_only_one_value_has_it(data: st.DataObject) -> None:
    source = data.draw(types())
    target = data.draw(wider(source))
    term = conversion(source, target, drops=False)
    assert term is not None
    assert infer(term, source, Context((UNIT,), {}))[0] is target
    one, other = data.draw(values(source)), data.draw(values(source))
    assert conforms(target, converted(source, target, one))
    assume(encode(source, one) != encode(source, other))
    assert encode(target, converted(source, target, one)) != encode(target, converted(source, target, other))


@given(types(), types(), st.booleans())
def test_what_there_is_leads_from_the_one_to_the_other(source: Type, target: Type, drops: bool) -> None:
    term = conversion(source, target, drops=drops)
    if term is not None:
        assert infer(term, source, Context((UNIT,), {}))[0] is target


POINT, PAIR = Record((("x", INT), ("y", INT))), Record((("x", INT),))


@pytest.mark.parametrize(
    ("source", "target", "value", "becomes"),
    [
        (POINT, PAIR, (1, 2), (1,)),
        (List(POINT), List(PAIR), [(1, 2)], [(1,)]),
        (Map(STR, POINT), Map(STR, PAIR), {"a": (1, 2)}, {"a": (1,)}),
        (INT, OPTIONAL, 7, ("Int", 7)),
        (Variant((("b", INT),)), Variant((("a", UNIT), ("b", INT))), ("b", 2), ("b", 2)),
    ],
)
def test_what_a_client_is_told_is_what_it_knows_of(source: Type, target: Type, value: Any, becomes: Any) -> None:
    assert converted(source, target, value) == becomes


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (POINT, PAIR),
        (PAIR, POINT),
        (INT, STR),
        (INT, BOOL),
        (OPTIONAL, INT),
        (Variant((("a", UNIT), ("b", INT))), Variant((("b", INT),))),
        (Map(STR, INT), Map(INT, INT)),
        (Set(INT), Set(STR)),
        (Set(INT), List(INT)),
    ],
)
def test_what_would_lose_or_invent_something_is_no_conversion(source: Type, target: Type) -> None:
    assert conversion(source, target, drops=False) is None
