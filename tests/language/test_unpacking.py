"""Unpacking gives each target what Python gives it, in Python's order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Unpacking(Machine):
    a: int = 1
    b: int = 2
    xs: list[int] = [1, 2, 3]
    ys: list[int] = [4]
    rows: list[list[int]] = [[1], [2, 3]]
    table: dict[str, list[int]] = {"a": [1], "b": [2]}

    def nested(self, pair: tuple[int, tuple[str, int]]) -> str:
        number, (text, other) = pair
        [one, (two, three)] = number, (other, number + other)
        (first, second), third = (one, two), three
        return f"{number}{text}{other}{first}{second}{third}"

    def exchanged(self, i: int, j: int) -> list[int]:
        self.a, self.b = self.b, self.a
        self.xs[i], self.xs[j] = self.xs[j], self.xs[i]
        self.xs, self.ys = self.ys, self.xs
        self.rows[i], self.rows[j] = self.rows[j], self.rows[i]
        self.rows[i].append(7)
        return list(self.xs)

    def entries(self, one: str, other: str) -> int:
        self.table[one], self.table[other] = self.table[other], self.table[one]
        self.table[one].append(9)
        return len(self.table[other])

    def key_follows(self, i: int) -> int:
        i, self.xs[i], k = 1, i, i
        return i * 10 + k

    def key_before(self, i: int) -> int:
        self.xs[i], i = i, 0
        return i

    def chained(self, number: int) -> int:
        a = self.a = self.xs[0] = number + 1
        b, c = d = (a, number)
        return b + c + d[0]

    def of_list(self, numbers: list[int]) -> int:
        one, two = numbers
        return one * 10 + two

    def fails_between(self, numbers: list[int]) -> int:
        self.a, self.xs[5], self.b = numbers
        return 0

    def starred(self, numbers: list[int]) -> list[int]:
        first, *middle, last = numbers
        *most, _end = numbers
        head, *_others = numbers
        middle += most
        middle += [first, last, head, len(most)]
        return middle

    def starred_tuple(self, given: tuple[int, str, str, int]) -> str:
        number, *texts, last = given
        a, *rest = texts
        return a + rest[0] + str(number + last)

    def sequence(self, given: tuple[int, ...]) -> int:
        a, (b, c), *_ = given[0], given[1:3], 0
        return a * 100 + b * 10 + c

    def looped(self, pairs: list[tuple[tuple[int, str], int]]) -> str:
        text = ""
        for (number, word), count in pairs:
            text += word * count + str(number)
        for [a, [b, c]] in [(1, (2, 3))]:
            text += str(a + b + c)
        return text

    def comprehended(self, pairs: list[tuple[tuple[int, str], int]]) -> dict[str, int]:
        return {word: number * count for (number, word), count in pairs}

    def deleted(self, i: int, j: int) -> None:
        del self.xs[i], self.ys[j]
        del (self.table["a"], self.rows[0][0])

    def empty(self) -> int:
        self.xs, self.table = [], {}
        () = ()
        return len(self.xs) + len(self.table)


SMALL = st.integers(-4, 4)
NUMBERS = st.lists(SMALL, max_size=4)
PAIRS = st.lists(st.tuples(st.tuples(SMALL, st.sampled_from(["a", "b"])), SMALL), max_size=3)


@given(SMALL, SMALL, NUMBERS, PAIRS)
def test_unpacking(i: int, j: int, numbers: list[int], pairs: list[tuple[tuple[int, str], int]]) -> None:
    agree(
        Unpacking,
        call("nested", (i, ("x", j))),
        call("exchanged", i, j),
        call("exchanged", 0, 0),
        call("entries", "a", "b"),
        call("entries", "a", "a"),
        call("entries", "a", "c"),
        call("key_follows", i),
        call("key_before", i),
        call("chained", i),
        call("of_list", numbers),
        call("fails_between", numbers),
        call("starred", numbers),
        call("starred_tuple", (i, "x", "y", j)),
        call("sequence", tuple(numbers)),
        call("looped", pairs),
        call("comprehended", pairs),
        call("deleted", i, j),
        call("empty"),
        call("deleted", 0, 0),
    )
