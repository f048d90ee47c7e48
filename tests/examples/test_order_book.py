"""The order book: price-time priority, and the same trades in both versions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import order_book
import order_book_v2
from generators.services import Service
from order_book import Fill, UnknownOrder

ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]), st.sampled_from(["buy", "sell"]), st.integers(98, 102), st.integers(1, 5)
    ),
    max_size=12,
)


def test_the_best_price_trades_first_and_at_one_price_who_came_first() -> None:
    book = Service(order_book.OrderBook)
    book("place", "ann", "sell", 101, 5)
    book("place", "bob", "sell", 100, 5)
    book("place", "cat", "sell", 100, 5)
    assert book("best") == (None, 100)
    assert book("place", "dan", "buy", 101, 12) == (
        4,
        [Fill("dan", "bob", 100, 5), Fill("dan", "cat", 100, 5), Fill("dan", "ann", 101, 2)],
    )
    assert book("depth", "sell") == [(101, 3)]
    assert book("place", "eve", "buy", 99, 1) == (5, [])
    assert book("best") == (99, 101)
    assert book("place", "fay", "sell", 90, 2) == (6, [Fill("eve", "fay", 99, 1)])
    assert book("depth", "sell") == [(90, 1), (101, 3)]


def test_a_cancelled_order_does_not_trade() -> None:
    book = Service(order_book.OrderBook)
    book("place", "ann", "sell", 100, 5)
    book("place", "bob", "buy", 99, 2)
    assert book("cancel", 1) == 5
    assert book("cancel", 2) == 2
    assert book("cancel", 1) == UnknownOrder(1)
    assert book("best") == (None, None)


def test_open_orders_are_kept_through_the_upgrade() -> None:
    book = Service(order_book.OrderBook)
    book("place", "ann", "sell", 100, 5)
    book("place", "bob", "sell", 100, 2)
    book("place", "cat", "buy", 99, 4)
    index = book.upgraded(order_book_v2.index_orders)
    assert index("open_orders", "ann") == [(1, "sell", 100, 5)]
    assert index("cancel", 1) == 5
    assert index("place", "dan", "buy", 100, 3) == (4, [Fill("dan", "bob", 100, 2)])
    assert index("depth", "buy") == [(100, 1), (99, 4)]
    assert [trade.quantity for trade in index("recent")] == [2]


@given(ORDERS)
def test_both_versions_make_the_same_trades(orders: list[tuple[str, str, int, int]]) -> None:
    first, second = Service(order_book.OrderBook), Service(order_book_v2.OrderBook)
    for order in orders:
        assert first("place", *order) == second("place", *order)
    assert first("best") == second("best")
    assert first("depth", "buy") == second("depth", "buy")
    bids, asks = second("best")
    assert bids is None or asks is None or bids < asks, "what could trade has traded"
