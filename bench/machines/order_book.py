"""An exchange's order book with a list of quantities by price: short loops, `continue`, early returns."""

from __future__ import annotations

import random
from collections.abc import Sequence

from camshaft import Machine
from machines.case import Case

PRICES = 100


class OrderBook(Machine):
    asks: list[int] = [0] * PRICES
    bids: list[int] = [0] * PRICES
    best_ask: int = PRICES
    best_bid: int = -1

    def buy(self, limit: int, quantity: int) -> int:
        left = quantity
        for price in range(self.best_ask, limit + 1):
            offered = self.asks[price]
            if offered == 0:
                continue
            if offered > left:
                self.asks[price] = offered - left
                self.best_ask = price
                return quantity
            self.asks[price] = 0
            left -= offered
            if left == 0:
                self.best_ask = price + 1
                return quantity
        if limit >= self.best_ask:
            self.best_ask = limit + 1
        self.bids[limit] += left
        if limit > self.best_bid:
            self.best_bid = limit
        return quantity - left

    def sell(self, limit: int, quantity: int) -> int:
        left = quantity
        for price in range(self.best_bid, limit - 1, -1):
            wanted = self.bids[price]
            if wanted == 0:
                continue
            if wanted > left:
                self.bids[price] = wanted - left
                self.best_bid = price
                return quantity
            self.bids[price] = 0
            left -= wanted
            if left == 0:
                self.best_bid = price - 1
                return quantity
        if limit <= self.best_bid:
            self.best_bid = limit - 1
        self.asks[limit] += left
        if limit < self.best_ask:
            self.best_ask = limit
        return quantity - left


class PlainOrderBook:
    __slots__ = ("asks", "best_ask", "best_bid", "bids")

    def __init__(self) -> None:
        self.asks = [0] * PRICES
        self.bids = [0] * PRICES
        self.best_ask = PRICES
        self.best_bid = -1

    def buy(self, limit: int, quantity: int) -> int:
        left = quantity
        for price in range(self.best_ask, limit + 1):
            offered = self.asks[price]
            if offered == 0:
                continue
            if offered > left:
                self.asks[price] = offered - left
                self.best_ask = price
                return quantity
            self.asks[price] = 0
            left -= offered
            if left == 0:
                self.best_ask = price + 1
                return quantity
        if limit >= self.best_ask:
            self.best_ask = limit + 1
        self.bids[limit] += left
        if limit > self.best_bid:
            self.best_bid = limit
        return quantity - left

    def sell(self, limit: int, quantity: int) -> int:
        left = quantity
        for price in range(self.best_bid, limit - 1, -1):
            wanted = self.bids[price]
            if wanted == 0:
                continue
            if wanted > left:
                self.bids[price] = wanted - left
                self.best_bid = price
                return quantity
            self.bids[price] = 0
            left -= wanted
            if left == 0:
                self.best_bid = price - 1
                return quantity
        if limit <= self.best_bid:
            self.best_bid = limit - 1
        self.asks[limit] += left
        if limit < self.best_ask:
            self.best_ask = limit
        return quantity - left


def orders(count: int) -> list[tuple[bool, int, int]]:
    """Orders of traders who drift together and disagree by a few prices: (buys, limit, quantity)."""
    choose = random.Random(1)
    middle = PRICES // 2
    made = []
    for _ in range(count):
        middle = min(max(middle + choose.choice((-1, 0, 0, 1)), 10), PRICES - 10)
        made.append((choose.random() < 0.5, middle + choose.randrange(-4, 5), choose.randrange(1, 100)))
    return made


def drive(book: OrderBook | PlainOrderBook, inputs: Sequence[tuple[bool, int, int]]) -> None:
    buy, sell = book.buy, book.sell
    for buys, limit, quantity in inputs:
        if buys:
            buy(limit, quantity)
        else:
            sell(limit, quantity)


CASE = Case("order book", 1.5, OrderBook, PlainOrderBook, orders(5_000), drive)
