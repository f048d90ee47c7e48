"""A limit order book with price-time priority: the best price trades first, and at one price who came first."""

from dataclasses import dataclass
from typing import Literal

from camshaft import Machine, Refusal

Side = Literal["buy", "sell"]


@dataclass
class Order:
    number: int
    trader: str
    left: int


@dataclass(frozen=True)
class Fill:
    buyer: str
    seller: str
    price: int
    quantity: int


class UnknownOrder(Refusal):
    number: int


class OrderBook(Machine):
    """The open orders of one market. Prices are in cents. Each price has its orders in the order of their coming."""

    buys: dict[int, list[Order]] = {}
    sells: dict[int, list[Order]] = {}
    last_number: int = 0

    def place(self, trader: str, side: Side, price: int, quantity: int) -> tuple[int, list[Fill]]:
        """Trade what can be traded at this price or a better one, and keep the rest in the book.

        Gives the order's number and its fills.
        """
        assert price > 0, f"a price is positive, not {price}"
        assert quantity > 0, f"an order is for something, not {quantity}"
        self.last_number += 1
        if side == "buy":
            fills, left = self._buy(trader, price, quantity)
            if left > 0:
                self.buys.setdefault(price, []).append(Order(self.last_number, trader, left))
        else:
            fills, left = self._sell(trader, price, quantity)
            if left > 0:
                self.sells.setdefault(price, []).append(Order(self.last_number, trader, left))
        return self.last_number, fills

    def cancel(self, number: int) -> int:
        """Take an open order out of the book; gives the quantity that was left of it."""
        for price in list(self.buys):
            index = _position(self.buys[price], number)
            if index is not None:
                order = self.buys[price].pop(index)
                if not self.buys[price]:
                    del self.buys[price]
                return order.left
        for price in list(self.sells):
            index = _position(self.sells[price], number)
            if index is not None:
                order = self.sells[price].pop(index)
                if not self.sells[price]:
                    del self.sells[price]
                return order.left
        raise UnknownOrder(number)

    def best(self) -> tuple[int | None, int | None]:
        """The highest price that somebody would pay, and the lowest that somebody would take."""
        return max(self.buys, default=None), min(self.sells, default=None)

    def depth(self, side: Side) -> list[tuple[int, int]]:
        """The quantity at each price, the best price first."""
        if side == "buy":
            return [(price, _quantity(self.buys[price])) for price in sorted(self.buys, reverse=True)]
        return [(price, _quantity(self.sells[price])) for price in sorted(self.sells)]

    def _buy(self, trader: str, price: int, quantity: int) -> tuple[list[Fill], int]:
        fills: list[Fill] = []
        left = quantity
        while left > 0 and self.sells:
            best = min(self.sells)
            if best > price:
                break
            queue = self.sells[best]
            first = queue[0]
            traded = min(left, first.left)
            fills.append(Fill(trader, first.trader, best, traded))
            left -= traded
            first.left -= traded
            if first.left == 0:
                queue.pop(0)
                if not queue:
                    del self.sells[best]
        return fills, left

    def _sell(self, trader: str, price: int, quantity: int) -> tuple[list[Fill], int]:
        fills: list[Fill] = []
        left = quantity
        while left > 0 and self.buys:
            best = max(self.buys)
            if best < price:
                break
            queue = self.buys[best]
            first = queue[0]
            traded = min(left, first.left)
            fills.append(Fill(first.trader, trader, best, traded))
            left -= traded
            first.left -= traded
            if first.left == 0:
                queue.pop(0)
                if not queue:
                    del self.buys[best]
        return fills, left


def _position(queue: list[Order], number: int) -> int | None:
    return next((index for index, order in enumerate(queue) if order.number == number), None)


def _quantity(queue: list[Order]) -> int:
    return sum(order.left for order in queue)
