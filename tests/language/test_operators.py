"""Operators mean what Python means by them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call

INTEGERS = st.integers(min_value=-(2**70), max_value=2**70) | st.integers(min_value=-7, max_value=7)


class Arithmetic(Machine):
    last: int = 0
    trace: list[int] = []

    def add(self, a: int, b: int) -> int:
        self.last = a + b
        return self.last

    def mix(self, a: int, b: int, c: int) -> int:
        return a - b * c + -a - +b

    def divide(self, a: int, b: int) -> int:
        self.last = a // b
        return a // b

    def modulo(self, a: int, b: int) -> int:
        return a % b

    def power(self, a: int) -> int:
        return a**3 + a**0

    def magnitude(self, a: int) -> int:
        return abs(a - 1)

    def _seen(self, number: int) -> int:
        self.trace.append(number)
        return number

    def in_order(self, a: int, b: int, c: int) -> int:
        return self._seen(a) - self._seen(b) * self._seen(c)

    def chained(self, a: int, b: int, c: int) -> bool:
        return self._seen(a) < self._seen(b) <= self._seen(c)

    def chained_mixed(self, a: int, b: int) -> bool:
        return 0 <= a < b != 5

    def short_and(self, a: int, b: int) -> bool:
        return self._seen(a) > 0 and self._seen(b) > 0

    def short_or(self, a: int, b: int) -> bool:
        return self._seen(a) > 0 or self._seen(b) > 0 or self._seen(a + b) == 3

    def choose(self, a: int, b: int) -> int:
        return self._seen(a) if a > b else self._seen(b)

    def compare(self, a: int, b: int) -> list[bool]:
        return [a < b, a <= b, a > b, a >= b, a == b, a != b, not a < b, a + 1 == b + 1]


@given(INTEGERS, INTEGERS, INTEGERS)
def test_arithmetic_is_that_of_python(a: int, b: int, c: int) -> None:
    agree(
        Arithmetic,
        call("add", a, b),
        call("mix", a, b, c),
        call("divide", a, b),
        call("modulo", a, b),
        call("power", a),
        call("magnitude", b),
        call("compare", a, b),
    )


@given(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3))
def test_operands_are_evaluated_once_and_from_left_to_right(a: int, b: int, c: int) -> None:
    agree(
        Arithmetic,
        call("in_order", a, b, c),
        call("chained", a, b, c),
        call("chained_mixed", a, b),
        call("short_and", a, b),
        call("short_or", a, b),
        call("choose", a, b),
    )


class Texts(Machine):
    name: str = "start"

    def join(self, other: str, count: int, flag: bool) -> str:
        self.name = self.name + other
        return f"{self.name}: {count}/{count * 2}, {flag} {None}{'!'}" + str(count) + str(flag)

    def at(self, text: str, index: int) -> str:
        return text[index]

    def last_two(self, text: str) -> str:
        return text[-2] + text[-1]

    def contains(self, text: str, part: str) -> list[bool]:
        return [part in text, part not in text, text < part, text >= part, text == part]

    def or_default(self, text: str) -> str:
        return text or self.name or "nobody"

    def and_both(self, text: str, other: str) -> str:
        return text and other

    def length(self, text: str) -> int:
        return len(text)


TEXTS = st.text(max_size=5) | st.sampled_from(["", "a", "ab", "𝔘𝔫𝔦", "é\u0301x", "日本"])


@given(TEXTS, TEXTS, st.integers(-4, 4), st.booleans())
def test_texts_are_sequences_of_code_points(text: str, other: str, number: int, flag: bool) -> None:
    agree(
        Texts,
        call("join", text, number, flag),
        call("at", text, number),
        call("last_two", text),
        call("contains", text, other),
        call("or_default", text),
        call("and_both", text, other),
        call("length", text),
    )


class Truth(Machine):
    numbers: list[int] = []
    table: dict[str, int] = {}
    maybe: int | None = None

    def all_of_them(self, number: int, text: str, flag: bool, numbers: list[int]) -> list[str]:
        found: list[str] = []
        found.append("number" if number else "zero")
        found.append("text" if text else "empty")
        found.append("flag" if flag else "no flag")
        found.append("numbers" if numbers else "none")
        found.append("own" if self.numbers else "none")
        found.append("table" if not self.table else "entries")
        found.append("maybe" if self.maybe else "no")
        found.append("pair" if (number, text) else "never")
        return found

    def set(self, number: int | None) -> bool:
        self.maybe = number
        if number is not None:
            self.numbers.append(number)
            self.table[str(number)] = number
        return bool(number)


@given(st.none() | st.integers(-1, 1), st.integers(-1, 1), st.sampled_from(["", "x"]), st.booleans())
def test_truth_is_that_of_python(maybe: int | None, number: int, text: str, flag: bool) -> None:
    agree(
        Truth,
        call("all_of_them", number, text, flag, [1] if flag else []),
        call("set", maybe),
        call("all_of_them", number, text, flag, []),
    )


class Membership(Machine):
    seen: list[int] = []
    known: dict[str, int] = {"a": 1}

    def _mark(self, number: int) -> int:
        self.seen.append(number)
        return number

    def of_list(self, number: int) -> bool:
        return number in [1, 2, 3] and number not in self.seen

    def of_tuple(self, text: str) -> bool:
        return text in ("a", "b")

    def of_dict(self, text: str) -> bool:
        return text in self.known or text not in {"z": True}

    def item_before_container(self, number: int, divisor: int) -> bool:
        return 1 // divisor in [number, 1 // number]

    def in_range(self, number: int) -> bool:
        return number in list(range(2, 8, 2))

    def maybe_in(self, number: int) -> bool:
        found: list[int | None] = [None, 3]
        return number in found


@given(st.integers(-1, 4), st.integers(-1, 1), st.sampled_from(["a", "b", "z", ""]))
def test_membership_is_that_of_python(number: int, divisor: int, text: str) -> None:
    agree(
        Membership,
        call("of_list", number),
        call("of_tuple", text),
        call("of_dict", text),
        call("item_before_container", number, divisor),
        call("in_range", number),
        call("maybe_in", number),
    )


class Orders(Machine):
    def tuples(self, a: tuple[int, str], b: tuple[int, str]) -> list[bool]:
        return [a < b, a <= b, a == b, a > b]

    def lists(self, a: list[int], b: list[int]) -> list[bool]:
        return [a < b, a >= b, a != b, a + b == b + a]

    def dicts(self, a: dict[str, int], b: dict[str, int]) -> bool:
        return a == b

    def optionals(self, a: int | None, b: int | None, c: int) -> list[bool]:
        return [a == b, a != b, a == c, c == b, a is None, None is not b, a == None, None != b]  # noqa: E711


@given(
    st.tuples(st.integers(0, 1), st.sampled_from(["", "a"])),
    st.lists(st.integers(0, 2), max_size=2),
    st.lists(st.integers(0, 2), max_size=2),
    st.none() | st.integers(0, 1),
    st.none() | st.integers(0, 1),
)
def test_whole_values_compare_as_in_python(
    pair: tuple[int, str], a: list[int], b: list[int], c: int | None, d: int | None
) -> None:
    agree(
        Orders,
        call("tuples", pair, (1, "")),
        call("lists", a, b),
        call("dicts", {"x": 1, "y": 2}, {"y": 2, "x": 1}),
        call("optionals", c, d, 1),
    )
