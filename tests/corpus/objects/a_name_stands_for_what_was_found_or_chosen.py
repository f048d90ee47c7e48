"""A name stands for what was found, asked for or chosen, where that is."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine

INTEGERS = [-1, 0, 1, 2, 3]


@dataclass
class Order:
    id: int
    n: int = 1
    tags: set[str] = field(default_factory=set)

    def add(self, n: int) -> int:
        self.n += n
        return self.n


@dataclass
class Book:
    orders: list[Order] = field(default_factory=list)
    by: dict[str, set[str]] = field(default_factory=dict)

    def put(self, n: int) -> int:
        self.orders.append(Order(len(self.orders), n))
        return len(self.orders)

    def tag(self, key: str, one: str) -> bool:
        tags = self.by.setdefault(key, set())
        if one in tags:
            tags.remove(one)
            if not tags:
                del self.by[key]
            return False
        tags.add(one)
        return True

    def find(self, id: int, n: int) -> int:
        order = next((order for order in self.orders if order.id == id if order.n > 0), None)
        if order is None:
            return -1
        order.n += n
        return order.add(1)


class Box(Machine):
    buys: Book = Book([Order(0)])
    sells: Book = Book([Order(0, 5), Order(1)])
    rows: dict[int, list[int]] = {}
    books: dict[str, Book] = {"a": Book()}
    n: int = 0

    def _bump(self) -> int:
        self.n += 1
        return self.n

    def put(self, buy: bool, n: int) -> int:
        book = self.buys if buy else self.sells
        x = book.put(n)
        book.orders[-1].n += 1
        if n == 0:
            return x
        book.orders[0].add(n)
        return x + len(book.orders)

    def branches(self, n: int) -> int:
        if n > 1:
            book = self.buys
            self.n += 1
        else:
            book = self.sells
        book.put(n)
        for order in book.orders:
            order.n += n
        return book.orders[0].n // (n - 2)

    def loop(self, n: int) -> int:
        total = 0
        for i in range(4):
            book = self.buys if i % 2 else self.sells
            if i == n:
                continue
            other = self.sells if i % 2 else self.buys
            total += book.put(i) + other.put(n)
        return total

    def tag(self, buy: bool, key: str, one: str) -> bool:
        side = self.buys if buy else self.sells
        return side.tag(key, one) or side.tag("k", "v")

    def find(self, id: int, n: int) -> int:
        if n > 1:
            return self.sells.find(id, n)
        order = next((o for o in self.buys.orders if o.id == id), None)
        if order is not None:
            order.n -= n
            order.tags.add(str(n))
            o = order.n
            return o + len(order.tags)
        return self.sells.find(id, n)

    def pairs(self, id: int) -> int:
        found = next((book for name, book in self.books.items() if name and len(book.orders) == id), None)
        if found is None:
            self.books["b"] = Book()
            return 0
        found.put(id)
        return len(found.orders)

    def row(self, key: int, n: int) -> list[int]:
        row = self.rows.setdefault(key, [])
        row.append(self._bump())
        other = self.rows.setdefault(n, [self._bump()])
        other.append(n)
        return row

    def either(self, n: int) -> int:
        one = self.buys.orders[0] if n > 0 else self.sells.orders[n]
        two = Order(5) if n > 1 else self.sells.orders[0]
        one.n += 1
        two.n += 10
        return one.n * two.n

    def swapped(self, n: int) -> int:
        a = self.buys if n > 0 else self.sells
        b = self.sells if n > 0 else self.buys
        c = self.buys if n > 1 else self.sells
        a.put(n)
        b.put(n + 1)
        c.put(n + 2)
        return len(a.orders) * 100 + len(b.orders) * 10 + len(c.orders)
