"""A shopping cart: a dict of frozen dataclasses, of which each change makes a new one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from camshaft import Machine
from machines.case import Case

MAX_QUANTITY = 99


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    quantity: int
    price_cents: int


class Cart(Machine):
    lines: dict[str, Line] = {}

    def add(self, sku: str, title: str, price_cents: int, quantity: int) -> int:
        line = self.lines.get(sku)
        wanted = quantity if line is None else line.quantity + quantity
        if wanted > MAX_QUANTITY:
            wanted = MAX_QUANTITY
        self.lines[sku] = Line(title, wanted, price_cents)
        return wanted

    def remove(self, sku: str) -> bool:
        if sku not in self.lines:
            return False
        del self.lines[sku]
        return True


class PlainCart:
    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}

    def add(self, sku: str, title: str, price_cents: int, quantity: int) -> int:
        line = self.lines.get(sku)
        wanted = quantity if line is None else line.quantity + quantity
        if wanted > MAX_QUANTITY:
            wanted = MAX_QUANTITY
        self.lines[sku] = Line(title, wanted, price_cents)
        return wanted

    def remove(self, sku: str) -> bool:
        if sku not in self.lines:
            return False
        del self.lines[sku]
        return True


def visits(count: int) -> list[tuple[str, int, int]]:
    """What customers do with forty items: (item, price, quantity). They put in more, but for one time in ten."""
    choose = random.Random(1)
    made = []
    for _ in range(count):
        item = choose.randrange(40)
        made.append((f"sku-{item}", 100 + 7 * item, 0 if choose.random() < 0.1 else choose.randrange(1, 4)))
    return made


def drive(cart: Cart | PlainCart, inputs: Sequence[tuple[str, int, int]]) -> None:
    add, remove = cart.add, cart.remove
    for sku, price_cents, quantity in inputs:
        if quantity:
            add(sku, "A title", price_cents, quantity)
        else:
            remove(sku)


CASE = Case("cart, frozen lines", 0.7, Cart, PlainCart, visits(5_000), drive)
