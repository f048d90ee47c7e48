"""Differences of values as people read them: none where the canonical bytes are the same, some where a view differs."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from camshaft.values.difference import differences
from camshaft.values.types import BOOL, FLOAT, INT, STR, List, Map, Record, Type
from camshaft.values.view import to_json
from generators.types import types, values

CART = Record((("owner", STR), ("items", Map(STR, INT)), ("log", List(INT))))


def shown(one: Any, other: Any) -> list[str]:
    return [str(each) for each in differences(CART, one, CART, other)]


def test_each_place_is_named_by_its_path() -> None:
    one = ("ann", {"pen": 1, "a b": 2}, [1, 2, 3])
    assert shown(one, ("bob", {"pen": 1, "cup": 2}, [1, 5])) == [
        '~ owner: "ann" -> "bob"',
        '- items["a b"]: 2',
        "+ items.cup: 2",
        "~ log[1]: 2 -> 5",
        "- log[2]: 3",
    ]
    assert shown(one, one) == []


def test_another_order_of_keys_is_a_difference_of_its_own() -> None:
    assert shown(("", {"a": 1, "b": 2}, []), ("", {"b": 2, "a": 1}, [])) == [
        '~ items, order of keys: ["a", "b"] -> ["b", "a"]'
    ]


def test_what_is_equal_in_python_may_differ_here() -> None:
    assert [str(one) for one in differences(INT, 1, BOOL, True)] == ["~ the whole: 1 -> true"]
    assert [str(one) for one in differences(FLOAT, 0.0, FLOAT, -0.0)] == ["~ the whole: 0.0 -> -0.0"]


def test_only_so_many_are_looked_for_and_each_is_cut() -> None:
    long = List(STR)
    found = differences(long, ["x" * 500] * 50, long, ["y"] * 50, most=3)
    assert len(found) == 3
    assert all(len(str(one)) < 200 for one in found)


@given(st.data(), types())
def test_two_values_differ_exactly_where_their_views_do(data: st.DataObject, type_: Type) -> None:
    one, other = data.draw(values(type_)), data.draw(values(type_))
    assert bool(differences(type_, one, type_, other)) == (to_json(type_, one) != to_json(type_, other))
    assert differences(type_, one, type_, one) == []
