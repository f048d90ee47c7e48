"""`min`, `max`, `sorted` and their keys."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call

NUMBERS = st.lists(st.integers(-3, 3), max_size=5)


@dataclass(frozen=True)
class Order:
    name: str
    price: int
    urgent: bool = False


ORDERS = st.lists(st.builds(Order, st.sampled_from(["a", "b", "cc"]), st.integers(0, 3), st.booleans()), max_size=5)


class Extremes(Machine):
    count: int = 0
    table: dict[str, int] = {"a": 2, "b": 1, "c": 2, "1": 1}
    rows: list[list[int]] = [[3], [1, 2], []]

    def _next(self, step: int) -> int:
        self.count += step
        return self.count

    def of_two(self, a: int, b: int) -> tuple[int, int, str]:
        return min(a, b), max(a, b), max(str(a), str(b))

    def of_many(self, a: int, b: int, c: int) -> tuple[int, int, int, int]:
        return min(a, b, c), max(a, b, c, 0), min(max(a, b), max(b, c), a + b * c), max(0, min(a - b, c))

    def evaluated_in_order(self, a: int, b: int) -> tuple[int, int]:
        return min(self.count, self._next(a), self.count), max(self._next(b), self.count, self._next(-b))

    def failing_in_order(self, a: int, b: int) -> int:
        return min(10 // a, self.table[str(b)], 5)

    def equal_ones(self, a: int, b: int) -> tuple[int, str]:
        return min((a, "x"), (b, "y"), (a, "x"))

    def of_list(self, xs: list[int]) -> int:
        return min(xs) * 10 + max(xs)

    def of_text(self, text: str) -> str:
        return min(text) + max(text)

    def with_default(self, xs: list[int], other: int) -> tuple[int, int, int | None]:
        return min(xs, default=other), max(xs, default=other + 1), max([x for x in xs if x > 0], default=None)

    def default_is_evaluated(self, xs: list[int], other: int) -> int:
        return max(xs, default=6 // other)

    def by_key(self, orders: list[Order]) -> tuple[Order, Order]:
        return min(orders, key=lambda o: o.price), max(orders, key=lambda o: (o.urgent, -o.price))

    def by_key_of_two(self, one: Order, other: Order) -> Order:
        return max(one, other, key=lambda o: o.price)

    def best_key(self) -> tuple[str, str]:
        return max(self.table, key=lambda name: self.table[name]), min(self.table.items(), key=lambda item: item[1])[0]

    def failing_key(self, xs: list[int], names: list[str]) -> int:
        return max(xs, key=lambda x: self.table[names[x]])

    def longest(self) -> int:
        return len(max(self.rows, key=len)) + sum(min(self.rows))

    def clamp(self, x: int, low: int, high: int) -> int:
        self.count = max(low, min(x, high))
        return self.count


SMALL = st.integers(-2, 2)


@given(SMALL, SMALL, SMALL, NUMBERS, ORDERS, st.text("ba\U0001f600\uffff", max_size=3))
def test_the_least_and_the_greatest(a: int, b: int, c: int, xs: list[int], orders: list[Order], text: str) -> None:
    agree(
        Extremes,
        call("of_two", a, b),
        call("of_many", a, b, c),
        call("evaluated_in_order", a, b),
        call("failing_in_order", a, b),
        call("equal_ones", a, b),
        call("of_list", xs),
        call("of_text", text),
        call("with_default", xs, a),
        call("default_is_evaluated", xs, a),
        call("by_key", orders),
        call("by_key_of_two", Order("a", a), Order("b", b)),
        call("best_key"),
        call("failing_key", xs, [text, "a"]),
        call("longest"),
        call("clamp", a, b, c),
    )


class Sorting(Machine):
    orders: list[Order] = []
    table: dict[str, int] = {"b": 2, "a": 2, "c": 1}

    def _rank(self, order: Order) -> int:
        return order.price * 2 + len(order.name)

    def plain(self, xs: list[int], reverse: bool) -> tuple[list[int], list[int], list[int]]:
        return sorted(xs), sorted(xs, reverse=True), sorted(xs, reverse=reverse)

    def texts(self, text: str) -> list[str]:
        return sorted(text) + sorted([text, "a", ""], key=len)

    def flags(self, xs: list[int]) -> list[bool]:
        return sorted([x > 0 for x in xs])

    def by_field(self, orders: list[Order], reverse: bool) -> list[Order]:
        return sorted(orders, key=lambda order: order.price, reverse=reverse)

    def by_several(self, orders: list[Order]) -> list[str]:
        return [order.name for order in sorted(orders, key=lambda o: (not o.urgent, -o.price, o.name))]

    def by_method(self, orders: list[Order]) -> list[Order]:
        return sorted(orders, reverse=True, key=self._rank)

    def of_dict(self) -> tuple[list[str], list[tuple[str, int]], list[tuple[str, int]]]:
        return (
            sorted(self.table),
            sorted(self.table.items(), key=lambda item: item[1], reverse=True),
            sorted(self.table.items(), key=lambda item: (-item[1], item[0])),
        )

    def top(self, n: int) -> list[str]:
        found: list[str] = []
        for rank, (name, price) in enumerate(sorted(self.table.items(), key=lambda item: item[1])):
            if rank < n:
                found.append(f"{name} {price}")
        return found

    def failing(self, xs: list[int], by: int) -> list[int]:
        return sorted(xs, key=lambda x: 6 // (x - by))

    def keep(self, orders: list[Order]) -> None:
        self.orders = sorted(orders, key=lambda o: o.name)


@given(NUMBERS, ORDERS, st.booleans(), SMALL, st.text("ba\U0001f600\uffff", max_size=4))
def test_sorting(xs: list[int], orders: list[Order], reverse: bool, n: int, text: str) -> None:
    agree(
        Sorting,
        call("plain", xs, reverse),
        call("texts", text),
        call("flags", xs),
        call("by_field", orders, reverse),
        call("by_several", orders),
        call("by_method", orders),
        call("of_dict"),
        call("top", n),
        call("failing", xs, n),
        call("keep", orders),
    )
