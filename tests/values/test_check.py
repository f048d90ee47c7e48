"""Weights, which fuel is charged by. Zeros and conformance are shown wherever values are made."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from camshaft.values.check import is_long, weight
from camshaft.values.types import Type
from generators.types import typed_values


def naive(value: Any) -> int:
    """The definition."""
    match value:
        case str() | bytes():
            return 1 + len(value)
        case tuple() | list():
            return 1 + sum(map(naive, value))
        case dict():
            return 1 + sum(naive(key) + naive(entry) for key, entry in value.items())
        case _:
            return 1


@given(typed_values())
def test_the_weight_counts_scalars_containers_and_the_length_of_texts(typed: tuple[Type, Any]) -> None:
    assert weight(typed[1]) == naive(typed[1])


@given(typed_values())
def test_a_heavy_value_weighs_as_much_as_all_that_is_in_it(typed: tuple[Type, Any]) -> None:
    # Many times the same part, beside parts that are equal without being the same.
    value = [[typed[1]] * 20 for _ in range(20)]
    assert weight(value) == naive(value) > 400


def test_a_value_made_of_the_same_part_again_and_again_is_weighed_at_once() -> None:
    value: Any = ["x"]
    for _ in range(80):
        value = [value, value]
    assert weight(value) == 4 * 2**80 - 1


def length(value: Any) -> int:
    """What `is_long` bounds, by its definition."""
    match value:
        case str() | bytes():
            return 1 + len(value) // 64
        case tuple() | list():
            return 1 + sum(map(length, value))
        case dict():
            return 1 + sum(length(key) + length(entry) for key, entry in value.items())
        case _:
            return 1


@given(typed_values(), st.integers(-1, 1), st.integers(1, 3))
def test_a_long_value_has_more_parts_than_a_bound(typed: tuple[Type, Any], beyond: int, times: int) -> None:
    value = ["x" * 200, [typed[1]] * times]
    assert is_long(value, length(value) + beyond) == (beyond < 0)


def test_of_a_value_without_end_no_more_is_looked_at_than_the_bound() -> None:
    value: list[Any] = [1, 2]
    value.append(value)
    assert is_long(value, 10_000)
