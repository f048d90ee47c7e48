"""What a loop goes through may be taken out and stored elsewhere, as long as nothing changes it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, field

from camshaft import Machine

INTEGERS = [0, 1, 2, 3]


@dataclass
class Order:
    n: int
    done: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass
class Day:
    orders: dict[int, Order] = field(default_factory=dict)
    count: int = 0

    def close(self) -> int:
        self.count += 1
        return len(self.orders)


class Desk(Machine):
    orders: dict[int, Order] = {1: Order(1), 2: Order(2, True), 3: Order(3)}
    archive: list[Order] = []
    days: dict[int, Day] = {0: Day({1: Order(5), 2: Order(6, True)})}
    log: list[str] = []
    taken: int = 0

    def _archived(self, n: int) -> int:
        order = self.orders.pop(n)
        self.archive.append(order)
        self.taken += 1
        return len(self.archive)

    def _day(self, key: int) -> Day:
        if key not in self.days:
            self.days[key] = Day()
        return self.days[key]

    def open(self, n: int) -> None:
        self.orders[n] = Order(n, n != 1)

    def by_the_value(self) -> int:
        for order in list(self.orders.values()):
            if order.done:
                self.archive.append(self.orders.pop(order.n))
                self.taken += 1
                self.log.append(str(order.n))
        return len(self.archive)

    def by_a_method(self, n: int) -> int:
        total = 0
        for order in list(self.orders.values()):
            if order.n > n:
                total = total * 10 + self._archived(order.n)
            total += order.n
        return total

    def by_its_key(self, n: int) -> int:
        total = 0
        for key, order in list(self.orders.items()):
            if order.n >= n:
                order.notes.append("late")
                self.archive.append(self.orders.pop(key))
            else:
                order.notes.append("early")
                total += order.n
        return total

    def beside(self, n: int) -> int:
        total = 0
        for order in self._day(0).orders.values():
            total += order.n
            other = self._day(n)
            other.count += order.n
            total += self._day(n + 1).close()
        return total

    def one_after_the_other(self) -> int:
        total = 0
        while self.archive:
            order = self.archive.pop()
            for note in order.notes:
                total += len(note)
            for other in self.orders.values():
                total += other.n
            self.orders[order.n] = order
        return total
