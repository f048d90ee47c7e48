"""The cart with lines that change in place: `line` is another name for an entry of the dict, in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camshaft import Machine
from machines.cart import visits
from machines.case import Case

MAX_QUANTITY = 99


@dataclass(slots=True)
class Line:
    title: str
    quantity: int
    price_cents: int


class MutableCart(Machine):
    lines: dict[str, Line] = {}

    def add(self, sku: str, title: str, price_cents: int, quantity: int) -> int:
        line = self.lines.get(sku)
        if line is None:
            self.lines[sku] = Line(title, quantity, price_cents)
            return quantity
        wanted = line.quantity + quantity
        if wanted > MAX_QUANTITY:
            wanted = MAX_QUANTITY
        line.quantity = wanted
        return wanted

    def remove(self, sku: str) -> bool:
        if sku not in self.lines:
            return False
        del self.lines[sku]
        return True


class PlainMutableCart:
    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}

    def add(self, sku: str, title: str, price_cents: int, quantity: int) -> int:
        line = self.lines.get(sku)
        if line is None:
            self.lines[sku] = Line(title, quantity, price_cents)
            return quantity
        wanted = line.quantity + quantity
        if wanted > MAX_QUANTITY:
            wanted = MAX_QUANTITY
        line.quantity = wanted
        return wanted

    def remove(self, sku: str) -> bool:
        if sku not in self.lines:
            return False
        del self.lines[sku]
        return True


def drive(cart: MutableCart | PlainMutableCart, inputs: Sequence[tuple[str, int, int]]) -> None:
    add, remove = cart.add, cart.remove
    for sku, price_cents, quantity in inputs:
        if quantity:
            add(sku, "A title", price_cents, quantity)
        else:
            remove(sku)


CASE = Case("cart, plain one mutable", 1.2, MutableCart, PlainMutableCart, visits(5_000), drive)
