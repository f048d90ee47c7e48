"""The order of instances: pages with deletions in between give every key that stayed, once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.runtime import order
from camshaft.runtime.order import Order

KEYS = st.sampled_from([None, *"abcdefgh"])


@pytest.fixture(autouse=True)
def places_are_dropped_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "_FEW", 1)
    monkeypatch.setattr(order, "_SWEPT", 4)


def change(keys: Order, model: dict[str | None, None], key: str | None) -> None:
    """Add a key, or remove it where it is there, to an order and to a dict."""
    if key in model:
        del model[key]
        keys.remove(key)
    else:
        model[key] = None
        keys.add(key)


def listed(keys: Order, count: int) -> list[str | None]:
    cursor, found = keys.page(0, count)
    while cursor:
        cursor, page = keys.page(cursor, count)
        found += page
    return found


@given(st.lists(KEYS, max_size=150), st.integers(1, 4))
def test_an_order_is_that_of_a_dict(changes: list[str | None], count: int) -> None:
    keys, model = Order(), dict[str | None, None]()
    for key in changes:
        change(keys, model, key)
        assert listed(keys, count) == list(model)
        assert len(keys) <= 40, "however many have come and gone"


@given(st.lists(KEYS, max_size=30), st.lists(st.lists(KEYS, max_size=6), min_size=1, max_size=8), st.integers(1, 3))
def test_a_listing_has_what_stays_while_others_come_and_go(
    before: list[str | None], between: list[list[str | None]], count: int
) -> None:
    keys, model = Order(), dict[str | None, None]()
    for key in before:
        change(keys, model, key)
    there = set(model)
    cursor, found = keys.page(0, count)
    for changes in between:
        for key in changes:
            change(keys, model, key)
            there -= {key}
        if cursor:
            cursor, page = keys.page(cursor, count)
            found += page
    while cursor:
        cursor, page = keys.page(cursor, count)
        found += page
    stayed = [key for key in found if key in there]
    assert sorted(stayed, key=str) == sorted(there, key=str), "each of them, once"


def test_a_page_over_many_left_places_ends_short(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Order()
    for number in range(40):
        keys.add(str(number))
    monkeypatch.setattr(order, "_FEW", 1_000)
    for number in range(30):
        keys.remove(str(number))
    cursor, found = keys.page(0, 1)
    assert (cursor, found) == (10, [])
    assert keys.page(cursor, 3) == (33, ["30", "31", "32"])
