"""What a call gives that also changes or draws something is looked up once, however its elements are gone over."""

from __future__ import annotations

from dataclasses import dataclass, field

import camshaft as cam
from camshaft import Machine

INTEGERS = [0, 1, 2, 5]


@dataclass
class Item:
    n: int = 0
    tags: list[int] = field(default_factory=list)


@dataclass
class Cart:
    items: list[Item] = field(default_factory=list)
    asked: int = 0

    def looked_into(self) -> list[Item]:
        self.asked += 1
        return self.items


class Shop(Machine):
    carts: dict[int, Cart] = {
        0: Cart([Item(2), Item(1)]),
        1: Cart([Item(3), Item(0), Item(4)]),
        2: Cart([Item(5), Item(1), Item(1)]),
    }
    calls: int = 0

    def _cart(self, key: int) -> Cart:
        self.calls += 1
        if key not in self.carts:
            self.carts[key] = Cart([Item(self.calls), Item(9)])
        return self.carts[key]

    def _any(self) -> Cart:
        return self.carts[cam.randrange(3)]

    def _next(self) -> list[Item]:
        self.calls += 1
        return self.carts[self.calls % 3].items

    def changed(self, key: int) -> int:
        for item in self._cart(key).items:
            item.n += 1
        for number, item in enumerate(self._next()):
            item.tags.append(number)
        for item in sorted(self._cart(key).looked_into(), key=lambda one: one.n)[1:]:
            item.n *= 2
        for item in [one for one in self._any().items if one.n > key]:
            item.n -= 1
        for item, numbers in zip(self._next(), [[1], [2]], strict=False):
            item.tags += numbers
        return self.calls

    def nested(self, key: int) -> int:
        total = 0
        for item in self._next():
            for other in self._next():
                for third in self._next():
                    third.n += 1
                    total += third.n
                other.tags.append(item.n)
        return total

    def picked(self, key: int) -> int:
        least = min(self._next(), key=lambda one: one.n)
        least.tags.append(key)
        most = max(self._cart(key).looked_into(), key=lambda one: one.n, default=None)
        if most is not None:
            most.n += 10
        third = sorted(self._any().items, key=lambda one: -one.n)[1]
        third.n += 100
        found = next((one for one in self._next() if one.n > key), None)
        if found is not None:
            found.n += 1000
        return min(self._next(), key=lambda one: one.n).n + sum(one.n for one in self._any().items)

    def under_computed_indexes(self, key: int) -> int:
        item = self._cart(key).items[key % 2]
        item.n += 1
        other = self._next()[key - 2 * (key // 2)]
        other.tags.append(self.calls)
        third = self._any().items[cam.randrange(2) + 1 - 1]
        third.n += 1
        return item.n + other.n + third.n + self.calls

    def drawn(self, key: int) -> int:
        cart = self._any()
        for item in cart.items:
            item.n += 1
        self._any().items[cam.randrange(2)].n += key
        self._any().looked_into()[0].tags.append(cam.randrange(9))
        del self._any().items[1].tags[:]
        if (other := self._any()).asked > key:
            other.asked = 0
        return cam.randrange(1000)
