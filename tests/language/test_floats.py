"""Floats mean what they mean in Python, mixed with integers too; what would be NaN, or differs between platforms, does
not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine, simulate
from generators.differential import agree, call

LIMIT = 1.5


class Numbers(Machine):
    total: float = 0.0
    parts: list[float] = []
    best: float | None = None

    def arithmetic(self, a: float, b: float) -> list[float]:
        return [a + b, a - b, a * b, -a, +b, abs(a)]

    def divisions(self, a: float, b: float) -> list[float]:
        return [a / b, a // b, a % b]

    def mixed(self, n: int, x: float) -> list[float]:
        return [n + x, x - n, n - x, x * n]

    def mixed_divisions(self, n: int, x: float) -> list[float]:
        return [n / x, x / n, n // x, x % n]

    def ratio(self, a: int, b: int) -> float:
        return a / b

    def compared(self, a: float, b: float) -> list[bool]:
        return [a < b, a <= b, a == b, a != b, a > b, a >= b, a < b < LIMIT]

    def compared_mixed(self, n: int, x: float) -> list[bool]:
        return [n < x, x <= n, n == x, x != n, n > x, x >= n, n * n + 1 == x, 0 <= x < 1]

    def whole(self, x: float) -> list[int]:
        return [int(x), round(x), math.floor(x), math.ceil(x), math.trunc(x)]

    def rounded(self, x: float, digits: int) -> float:
        return round(x, digits)

    def root(self, x: float) -> float:
        return math.sqrt(x)

    def root_of_int(self, n: int) -> float:
        return math.sqrt(n)

    def converted(self, n: int) -> list[float]:
        return [float(n), float(n > 2), 1.5]

    def read(self, text: str) -> float:
        return float(text)

    def text(self, x: float) -> str:
        return f"{x}|" + str(x) + str(-0.0)

    def finite(self, x: float) -> list[bool]:
        return [math.isfinite(x), math.isinf(x), bool(x), not x, x > -math.inf]

    def add(self, x: float) -> None:
        self.total += x
        self.parts.append(x)
        self.total /= 2

    def add_exactly(self) -> float:
        return math.fsum(self.parts)

    def add_whole(self, numbers: list[int]) -> float:
        return math.fsum(numbers)

    def keep_best(self, x: float) -> bool:
        if self.best is None or self.best < x:
            self.best = x
            return True
        return False

    def ordered(self, xs: list[float]) -> list[float]:
        return sorted(xs)

    def has(self, x: float) -> bool:
        return x in self.parts

    def default(self, x: float = 2.5, y: float = -0.0) -> tuple[float, float]:
        return (x, y)

    def integers(self, n: int, m: int) -> list[int]:
        return [math.gcd(n, m), math.isqrt(n), math.floor(m), abs(m)]

    def first_fails(self, n: int, xs: list[float]) -> float:
        return n + xs[3]


SPECIAL = [0.0, -0.0, 1.0, -1.5, 2.5, 0.1, 1e308, -1e308, 5e-324, 1e16, math.inf, -math.inf]
floats = st.floats(allow_nan=False) | st.sampled_from(SPECIAL)
ints = st.integers(-(2**70), 2**70) | st.sampled_from([0, 1, -1, 2**53 + 1, 10**400, -(10**308)])


def gives_nan(method: str, *args: float) -> bool:
    """Whether plain Python's result holds a NaN, which is no value here."""
    try:
        found = getattr(Numbers(), method)(*args)
    except (ZeroDivisionError, OverflowError, ValueError):
        return False
    return any(math.isnan(x) for x in found)


@given(floats, floats)
def test_arithmetic_of_floats(a: float, b: float) -> None:
    for method in ("arithmetic", "divisions"):
        if not gives_nan(method, a, b):
            agree(Numbers, call(method, a, b))
    agree(Numbers, call("compared", a, b), call("text", a), call("finite", a), call("root", a), call("whole", a))


@given(ints, floats)
def test_arithmetic_of_integers_with_floats(n: int, x: float) -> None:
    for method in ("mixed", "mixed_divisions"):
        if not gives_nan(method, n, x):
            agree(Numbers, call(method, n, x))
    agree(Numbers, call("compared_mixed", n, x), call("root_of_int", n), call("converted", n))


@given(ints, ints)
def test_true_division_of_integers(a: int, b: int) -> None:
    agree(Numbers, call("ratio", a, b))


@given(floats.filter(math.isfinite), st.integers(-400, 400))
def test_rounding_to_digits(x: float, digits: int) -> None:
    agree(Numbers, call("rounded", x, digits))


@given(st.lists(floats.filter(math.isfinite)), floats)
def test_lists_of_floats(xs: list[float], x: float) -> None:
    agree(Numbers, call("ordered", xs), call("has", x), call("add_exactly"), parts=xs)


def test_state_and_defaults() -> None:
    agree(
        Numbers,
        call("add", 0.1),
        call("add", 0.2),
        call("add_exactly"),
        call("has", 0.2),
        call("keep_best", -1.0),
        call("keep_best", -2.0),
        call("default"),
        call("default", 1.0, y=3.5),
        call("integers", 12, 18),
        call("integers", -1, 18),
        call("add_whole", [1, 2, 10**300]),
        call("add_whole", [10**400]),
        call("first_fails", 10**400, [1.0]),
        call("first_fails", 10**400, [1.0] * 4),
    )


@pytest.mark.parametrize("text", ["1.5", " 2 ", "1e3", "inf", "-Infinity", "1_0.5", "", "x", "0x1p3", "1e999"])
def test_reading_a_float(text: str) -> None:
    agree(Numbers, call("read", text))


def test_what_would_be_nan_fails() -> None:
    for method in ("arithmetic", "divisions"):
        assert gives_nan(method, math.inf, math.inf)
        with pytest.raises(ValueError, match="not a number"):
            getattr(simulate(Numbers), method)(math.inf, math.inf)
