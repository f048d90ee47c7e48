"""Orders are found by their number, so that a cancellation needs no search; the book remembers its last trades."""

from dataclasses import dataclass
from datetime import datetime

import camshaft as cam
import order_book
from camshaft import Machine, migration
from order_book import Fill, Side, UnknownOrder

MAX_TRADES = 100


@dataclass
class Order:
    trader: str
    side: Side
    price: int
    left: int


@dataclass(frozen=True)
class Trade:
    price: int
    quantity: int
    at: datetime


class OrderBook(Machine):
    """The open orders of one market by number, and the numbers at each price in the order of their coming."""

    orders: dict[int, Order] = {}
    buys: dict[int, list[int]] = {}
    sells: dict[int, list[int]] = {}
    trades: list[Trade] = []
    last_number: int = 0

    def place(self, trader: str, side: Side, price: int, quantity: int) -> tuple[int, list[Fill]]:
        """Trade what can be traded at this price or a better one, and keep the rest in the book.

        Gives the order's number and its fills.
        """
        assert price > 0, f"a price is positive, not {price}"
        assert quantity > 0, f"an order is for something, not {quantity}"
        self.last_number += 1
        number = self.last_number
        fills: list[Fill] = []
        left = quantity
        while left > 0:
            first = self._first_against(side, price)
            if first is None:
                break
            other = self.orders[first]
            traded = min(left, other.left)
            if side == "buy":
                fills.append(Fill(trader, other.trader, other.price, traded))
            else:
                fills.append(Fill(other.trader, trader, other.price, traded))
            self.trades.append(Trade(other.price, traded, cam.now()))
            left -= traded
            other.left -= traded
            if other.left == 0:
                self._drop(first)
        if len(self.trades) > MAX_TRADES:
            self.trades = self.trades[-MAX_TRADES:]
        if left > 0:
            self.orders[number] = Order(trader, side, price, left)
            if side == "buy":
                self.buys.setdefault(price, []).append(number)
            else:
                self.sells.setdefault(price, []).append(number)
        return number, fills

    def cancel(self, number: int) -> int:
        """Take an open order out of the book; gives the quantity that was left of it."""
        if number not in self.orders:
            raise UnknownOrder(number)
        left = self.orders[number].left
        self._drop(number)
        return left

    def open_orders(self, trader: str) -> list[tuple[int, Side, int, int]]:
        """A trader's open orders: number, side, price and what is left."""
        return [(number, one.side, one.price, one.left) for number, one in self.orders.items() if one.trader == trader]

    def best(self) -> tuple[int | None, int | None]:
        """The highest price that somebody would pay, and the lowest that somebody would take."""
        return max(self.buys, default=None), min(self.sells, default=None)

    def depth(self, side: Side) -> list[tuple[int, int]]:
        """The quantity at each price, the best price first."""
        if side == "buy":
            return [(price, self._quantity(self.buys[price])) for price in sorted(self.buys, reverse=True)]
        return [(price, self._quantity(self.sells[price])) for price in sorted(self.sells)]

    def recent(self, count: int = 10) -> list[Trade]:
        """The last trades, the newest first."""
        return list(reversed(self.trades))[:count]

    def _first_against(self, side: Side, price: int) -> int | None:
        """The order that one of this side and price would trade with first."""
        if side == "buy":
            if not self.sells:
                return None
            best = min(self.sells)
            return self.sells[best][0] if best <= price else None
        if not self.buys:
            return None
        best = max(self.buys)
        return self.buys[best][0] if best >= price else None

    def _drop(self, number: int) -> None:
        order = self.orders.pop(number)
        if order.side == "buy":
            self.buys[order.price].remove(number)
            if not self.buys[order.price]:
                del self.buys[order.price]
        else:
            self.sells[order.price].remove(number)
            if not self.sells[order.price]:
                del self.sells[order.price]

    def _quantity(self, numbers: list[int]) -> int:
        return sum(self.orders[number].left for number in numbers)


@migration
def index_orders(was: order_book.OrderBook) -> OrderBook:
    orders: dict[int, Order] = {}
    for price, queue in was.buys.items():
        for one in queue:
            orders[one.number] = Order(one.trader, "buy", price, one.left)
    for price, queue in was.sells.items():
        for one in queue:
            orders[one.number] = Order(one.trader, "sell", price, one.left)
    return OrderBook(
        orders=orders,
        buys={price: [one.number for one in queue] for price, queue in was.buys.items()},
        sells={price: [one.number for one in queue] for price, queue in was.sells.items()},
        last_number=was.last_number,
    )
