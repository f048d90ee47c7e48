"""A method of a plain dataclass changes its object where that is: in fields, dicts, lists, loops, under names."""

from __future__ import annotations
from dataclasses import dataclass, field
from camshaft import Machine


@dataclass
class Line:
    price: int
    count: int = 0
    tags: list[str] = field(default_factory=list)

    def add(self, n: int = 1) -> int:
        self.count += n
        self.tags.append(str(n))
        return self.total

    @property
    def total(self) -> int:
        return self.price * self.count

    def is_empty(self) -> bool:
        return self.count == 0


@dataclass
class Cart:
    lines: dict[str, Line] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    last: str | None = None
    changes: int = 0

    def add(self, sku: str, n: int) -> int:
        self.touch(sku)
        if sku not in self.lines:
            self.lines[sku] = Line(len(sku) + 1)
        line = self.lines[sku]
        got = line.add(n)
        line.tags.append("!")
        return got + line.count

    def touch(self, sku: str) -> None:
        self.changes += 1
        self.last = sku
        self.seen.add(sku)

    def line(self, sku: str) -> Line:
        return self.lines[sku]

    def get_line(self, sku: str) -> Line:
        if sku not in self.lines:
            self.lines[sku] = Line(1)
        return self.lines[sku]

    def remove(self, sku: str) -> Line | None:
        self.touch(sku)
        return self.lines.pop(sku, None)

    def prune(self) -> int:
        gone = [sku for sku, line in self.lines.items() if line.is_empty()]
        for sku in gone:
            del self.lines[sku]
        return len(gone)

    def put(self, sku: str, line: Line) -> None:
        self.lines[sku] = line

    def bump_all(self, n: int) -> int:
        total = 0
        for line in self.lines.values():
            total += line.add(n)
        return total

    def take(self) -> bool:
        if self.changes <= 0:
            return False
        self.changes -= 1
        return True

    def first(self) -> str:
        for sku in self.lines:
            self.last = sku
            return sku
        return ""


class Shop(Machine):
    carts: dict[str, Cart] = {}
    main: Cart = Cart()
    spare: list[Cart] = []
    n: int = 0

    def add(self, who: str, sku: str, n: int) -> int:
        if who not in self.carts:
            self.carts[who] = Cart()
        return self.carts[who].add(sku, n) + self.main.add(sku, n + 1)

    def line_total(self, sku: str) -> int:
        return self.main.line(sku).total

    def made(self, sku: str) -> int:
        line = self.main.get_line(sku)
        return line.count + line.total

    def remove(self, sku: str) -> int:
        found = self.main.remove(sku)
        if found is None:
            return -1
        found.add(5)
        self.spare.append(Cart({sku: found}))
        x = found.count
        self.spare[-1].add(sku, 3)
        return x

    def prune(self) -> int:
        return self.main.prune() + sum(1 for c in self.carts.values() if not c.lines)

    def put(self, sku: str) -> int:
        line = Line(3, 4)
        self.main.put(sku, line)
        return self.main.lines[sku].count

    def drain(self) -> int:
        k = 0
        while self.main.take():
            k += 1
        return k

    def logic(self, sku: str) -> bool:
        return self.main.take() and self.main.take() or sku == self.main.first()

    def two(self, sku: str) -> int:
        a = self.main
        b = self.main
        a.add(sku, 1)
        x = b.changes
        b.touch(sku)
        return x + a.changes

    def all(self, n: int) -> int:
        total = 0
        for name, cart in self.carts.items():
            if not name:
                continue
            total += cart.bump_all(n)
            best = cart
            best.touch(name)
        for cart in self.spare:
            cart.touch("z")
        return total

    def trap(self, sku: str) -> int:
        self.main.touch(sku)
        self.n += 1
        return self.main.lines[sku].add(10 // self.n)

    def renamed(self, who: str) -> int:
        cart = self.carts[who]
        who = "zz"
        cart.touch(who)
        x = cart.changes
        self.carts["zz"] = Cart()
        self.carts[who].touch("q")
        return x

    def local(self, sku: str) -> int:
        cart = Cart()
        other = cart
        other.add(sku, 2)
        cart.add(sku, 3)
        line = cart.lines[sku]
        line.add(1)
        cart = Cart()
        none = cart.first()
        cart.touch(none)
        return other.changes * 100 + cart.changes + line.count
