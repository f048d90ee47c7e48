"""`replace(x, a=1)` is a copy with one field changed."""

from dataclasses import dataclass, replace

from camshaft import Machine


@dataclass(frozen=True)
class Order:
    price: int
    count: int = 1


class Book(Machine):
    best: Order = Order(10)

    def reprice(self, price: int) -> int:
        before = self.best
        self.best = replace(self.best, price=price)
        return before.price * 100 + self.best.count
