"""Dataclasses within dataclasses, lists and dicts are read and replaced."""

from dataclasses import dataclass

from camshaft import Machine


@dataclass(frozen=True)
class Money:
    cents: int


@dataclass(frozen=True)
class Item:
    name: str
    price: Money


class Shop(Machine):
    items: dict[str, Item] = {}

    def put(self, name: str, cents: int) -> int:
        self.items[name] = Item(name, Money(cents))
        self.items["copy"] = self.items[name]
        return self.items["copy"].price.cents

    def raise_price(self, name: str, by: int) -> int:
        old = self.items[name]
        self.items[name] = Item(old.name, Money(old.price.cents + by))
        return self.items[name].price.cents - old.price.cents
