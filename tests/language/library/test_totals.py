"""`sum`, `any`, `all`: the latter two evaluate nothing after the element that decides."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call

NUMBERS = st.lists(st.integers(-3, 3), max_size=5)


class Totals(Machine):
    limits: dict[str, int] = {"a": 1, "b": 0}
    count: int = 0

    def _next(self) -> int:
        self.count += 1
        return self.count

    def total(self, xs: list[int], start: int) -> tuple[int, int, int, int]:
        return sum(xs), sum(xs, start), sum([x * x for x in xs]), sum(range(start))

    def counted(self, xs: list[int]) -> int:
        return sum([x > 0 for x in xs])

    def of_views(self) -> int:
        return sum(self.limits.values()) + sum(reversed(range(self.count))) + sum([1, 2], start=3)

    def start_is_evaluated_later(self, xs: list[int], start: int) -> int:
        return sum([6 // x for x in xs], 6 // start)

    def huge(self, x: int) -> int:
        return sum([x, x, -x]) - x

    def of_lists(self, xs: list[int], names: list[str]) -> tuple[bool, bool, bool, bool]:
        return any([x > 1 for x in xs]), all([x > 1 for x in xs]), any(xs), all(names)

    def early(self, xs: list[int], limit: int) -> bool:
        return any(6 // x > limit for x in xs)

    def all_early(self, xs: list[int], limit: int) -> bool:
        return all(6 // x > limit for x in xs)

    def nested(self, xs: list[int], ys: list[int]) -> bool:
        return any(x * y == 2 for x in xs if x for y in ys if 4 // y > x)

    def known(self, names: list[str]) -> bool:
        return all(name in self.limits for name in names) and not any(self.limits[name] == 0 for name in names)

    def pairs(self, xs: list[int]) -> bool:
        return (
            all(a <= b for a, b in zip(xs, reversed(xs), strict=False)) if xs else any(i == x for i, x in enumerate(xs))
        )

    def within(self, xs: list[int], ys: list[int]) -> list[bool]:
        return [any(x == y for y in ys) for x in xs]

    def guard(self, xs: list[int]) -> str:
        if any(x < 0 for x in xs):
            return "negative"
        return "positive" if xs and all(x for x in xs) else "zero"


@given(NUMBERS, NUMBERS, st.integers(-2, 2), st.lists(st.sampled_from(["a", "b", "", "c"]), max_size=3))
def test_totals(xs: list[int], ys: list[int], n: int, names: list[str]) -> None:
    agree(
        Totals,
        call("total", xs, n),
        call("counted", xs),
        call("of_views"),
        call("start_is_evaluated_later", xs, n),
        call("of_lists", xs, names),
        call("early", xs, n),
        call("all_early", xs, n),
        call("nested", xs, ys),
        call("known", names),
        call("within", xs, ys),
        call("pairs", xs),
        call("guard", xs),
    )


def test_the_element_that_decides_is_the_last_one_evaluated() -> None:
    found = agree(Totals, call("early", [1, 0], 5), call("early", [0, 1], 5), call("all_early", [3, 0], 5))
    assert found == [True, ZeroDivisionError, False]


def test_a_sum_may_be_large_on_its_way() -> None:
    agree(Totals, call("huge", 2**4094))
