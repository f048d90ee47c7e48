"""What a loop goes over may change where the loop ends straight after."""

from __future__ import annotations

from dataclasses import dataclass

from camshaft import Machine

INTEGERS = [-1, 0, 1, 2, 3]


@dataclass
class Item:
    n: int
    sku: str = ""


class Box(Machine):
    items: list[Item] = [Item(1), Item(2), Item(3)]
    by: dict[int, Item] = {1: Item(4), 2: Item(5)}
    ns: list[int] = [1, 2, 3, 2]
    moved: list[int] = []

    def add(self, n: int) -> None:
        self.items.append(Item(n))
        self.by[n] = Item(n + 3)
        self.ns.append(n)

    def remove(self, n: int) -> bool:
        for i, item in enumerate(self.items):
            if item.n == n:
                del self.items[i]
                return True
        return False

    def take(self, n: int) -> int:
        for i, item in enumerate(self.items):
            if item.n >= n:
                found = item.n * 10
                self.items.pop(i)
                self.moved.append(found)
                break
        else:
            return -1
        return len(self.items)

    def first(self, n: int) -> int:
        for x in self.ns:
            if x > n:
                self.ns.remove(x)
                return x
        return 0

    def give(self, n: int) -> int:
        for key, item in self.by.items():
            item.n += 1
            if item.n > 6 + n:
                del self.by[key]
                self.by[7] = Item(n)
                break
        return len(self.by)

    def popped(self, n: int) -> Item | None:
        for i in range(len(self.items)):
            if self.items[i].n >= n:
                return self.items.pop(i)
        return None

    def nested(self, n: int) -> int:
        for x in self.ns:
            for item in self.items:
                if item.n == x + n:
                    self.ns.append(item.n)
                    self.items.pop()
                    return len(self.ns)
        return -1
