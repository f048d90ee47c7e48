"""The cart against a plain one that changes its lines in place.

The language has frozen dataclasses only (an object that can change would be seen to change under every name it has), so
the machine still makes a new line for each change. That is what its author pays or gains for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camshaft import Machine
from machines.cart import Line, visits
from machines.case import Case

MAX_QUANTITY = 99


class ReplacingCart(Machine):
    lines: dict[str, Line] = {}

    def add(self, sku: str, title: str, price_cents: int, quantity: int) -> int:
        line = self.lines.get(sku)
        if line is None:
            self.lines[sku] = Line(title, quantity, price_cents)
            return quantity
        wanted = line.quantity + quantity
        if wanted > MAX_QUANTITY:
            wanted = MAX_QUANTITY
        self.lines[sku] = Line(line.title, wanted, line.price_cents)
        return wanted

    def remove(self, sku: str) -> bool:
        if sku not in self.lines:
            return False
        del self.lines[sku]
        return True


@dataclass(slots=True)
class MutableLine:
    title: str
    quantity: int
    price_cents: int


class PlainMutableCart:
    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: dict[str, MutableLine] = {}

    def add(self, sku: str, title: str, price_cents: int, quantity: int) -> int:
        line = self.lines.get(sku)
        if line is None:
            self.lines[sku] = MutableLine(title, quantity, price_cents)
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


def drive(cart: ReplacingCart | PlainMutableCart, inputs: Sequence[tuple[str, int, int]]) -> None:
    add, remove = cart.add, cart.remove
    for sku, price_cents, quantity in inputs:
        if quantity:
            add(sku, "A title", price_cents, quantity)
        else:
            remove(sku)


CASE = Case("cart, plain one mutable", 1.2, ReplacingCart, PlainMutableCart, visits(5_000), drive)
