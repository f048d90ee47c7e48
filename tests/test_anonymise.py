"""Hooks leave people out of what is exported, and everything else in: keys go on to lead somewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.anonymise import Hooks, anonymise, pseudonym
from camshaft.errors import Rejected
from camshaft.values.types import DURATION, INT, STR, TIME, List, Map, Record, Set, Type, Variant
from generators.types import typed_values

CUSTOMER = Record((("email", STR), ("age", INT), ("since", TIME), ("idle", DURATION)))
STATE = Record(
    (
        ("customers", Map(STR, CUSTOMER)),
        ("email", Variant((("None", Record(())), ("str", STR)))),
        ("log", List(Record((("who", STR), ("what", STR))))),
        ("tags", Set(STR)),
    )
)
ANN = ("ann@x", 41, 1_000_000, 5)
VALUE = ({"ann": ANN, "bob": ("bob@x", 7, 0, 0)}, ("str", "ann@x"), [("ann", "ann paid")], {"ann": ()})


@anonymise("email")
def address(value: str) -> str:
    return f"{len(value)}@example.org" + value[::-1]


@anonymise("customers{}", "who", "shop/")
def name(value: str) -> str:
    return value.upper()


@anonymise("*")
def age(value: int) -> int:
    return value // 10 * 10


@anonymise("since")
def day(value: datetime) -> datetime:
    return value.replace(microsecond=7)


@anonymise("idle")
def longer(value: timedelta) -> timedelta:
    return value * 2


def test_each_hook_is_for_the_values_of_its_type_in_what_it_is_named_for() -> None:
    hooks = Hooks([address, name, age, day, longer])
    customers, email, log, tags = hooks.value(STATE, VALUE)
    assert customers == {
        "ANN": ("5@example.orgx@nna", 40, 1_000_007, 10),
        "BOB": ("5@example.orgx@bob", 0, 7, 0),
    }
    assert email == ("str", "5@example.orgx@nna")
    assert log == [("ANN", "ann paid")]
    assert tags == {"ann": ()}
    assert hooks.key("shop", "ann") == "ANN"
    assert hooks.key("other", "ann") == "ann"


def test_a_pseudonym_is_the_same_for_the_same_and_leads_nowhere() -> None:
    assert pseudonym("ann") == pseudonym("ann") != pseudonym("bob")
    assert len(pseudonym("ann", 20)) == 20


def test_the_same_value_is_replaced_by_the_same_even_by_a_hook_that_counts() -> None:
    given_out: list[str] = []

    @anonymise("*")
    def numbered(value: str) -> str:
        given_out.append(value)
        return f"person {len(given_out)}"

    hooks = Hooks([numbered])
    names = List(STR)
    assert hooks.value(names, ["ann", "bob", "ann"]) == ["person 1", "person 2", "person 1"]
    assert hooks.value(names, ["bob"]) == ["person 2"]


def test_two_keys_never_become_one() -> None:
    @anonymise("*")
    def same(value: str) -> str:
        return "x"

    hooks = Hooks([same])
    with pytest.raises(Rejected, match="one of two keys of a map"):
        hooks.value(Map(STR, INT), {"a": 1, "b": 2})
    assert hooks.key("shop", "a") == "x"
    with pytest.raises(Rejected, match="for two instances of shop"):
        hooks.key("shop", "b")


def test_a_hook_that_gives_what_is_none_of_its_type_is_named() -> None:
    @anonymise("*")
    def wrong(value: str) -> str:
        return 5  # type: ignore[return-value]  # that is the mistake

    with pytest.raises(Rejected, match="the hook `wrong` gives 5, which is no str"):
        Hooks([wrong]).value(STR, "a")


def test_a_hook_says_its_type_and_what_it_is_for_and_has_no_rival() -> None:
    with pytest.raises(TypeError, match="what it is for"):
        anonymise()

    @anonymise("a")
    def untyped(value):  # type: ignore[no-untyped-def]  # that is the mistake
        return value

    with pytest.raises(TypeError, match="`untyped` takes one value"):
        Hooks([untyped])

    @anonymise("email")
    def other(value: str) -> str:
        return value

    with pytest.raises(TypeError, match="`address` and `other` are both for 'email'"):
        Hooks([address, other])


@given(typed_values())
def test_what_no_hook_is_for_stays_as_it_is(typed: tuple[Type, object]) -> None:
    type_, value = typed

    @anonymise("no such label")
    def never(value: str) -> str:
        raise AssertionError

    assert Hooks([never]).value(type_, value) == value


@given(st.text(), st.text())
def test_pseudonyms_of_two_texts_are_two(one: str, other: str) -> None:
    assert (pseudonym(one, 64) == pseudonym(other, 64)) == (one == other)
