"""`range`, `enumerate`, `zip`, `reversed`: what goes over other things."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call

NUMBERS = st.lists(st.integers(-5, 5), max_size=4)


class Rows(Machine):
    rows: list[list[int]] = []
    prices: dict[str, int] = {"b": 2, "a": 1}
    log: list[str] = []

    def numbered(self, xs: list[int], start: int) -> list[str]:
        found: list[str] = []
        for i, x in enumerate(xs):
            found.append(f"{i}:{x}")
        for i, x in enumerate(xs, start):
            found.append(f"{i}:{x}")
        return found + [f"{i}={x}" for i, x in enumerate(xs, start=start + 1)]

    def numbered_entries(self) -> list[str]:
        return [f"{i} {key} {price}" for i, (key, price) in enumerate(self.prices.items(), 1)]

    def numbered_text(self, text: str) -> dict[str, int]:
        return {character: i for i, character in enumerate(text)}

    def together(self, xs: list[int], ys: list[int], text: str) -> int:
        total = 0
        for x, y in zip(xs, ys):  # noqa: B905  # as most people write it
            total = total * 10 + x - y
        for x, y, c in zip(xs, ys, text, strict=False):
            total = total * 3 + x * y + len(c)
        for i, (x, (y, c)) in enumerate(zip(xs, zip(ys, text, strict=False), strict=False)):
            total += i * x + y
            self.log.append(c)
        return total

    def backward(self, xs: list[int], text: str) -> list[str]:
        found = [str(x) for x in reversed(xs)]
        for c in reversed(text):
            found.append(c)
        for key, price in reversed(self.prices.items()):
            found.append(f"{key}{price}")
        return found + list(reversed(self.prices)) + list(reversed([str(x) for x in xs]))

    def down(self, start: int, stop: int) -> list[int]:
        found = [i for i in reversed(range(stop))]
        found += [i for i in reversed(range(start, stop))]
        found += [i for i in reversed(range(start, stop, 3))]
        found += [i for i in reversed(range(stop, start, -2))]
        return found

    def steps(self, start: int, stop: int, step: int) -> list[int]:
        return list(range(start, stop, step)) + [x for x in range(stop, start)]

    def lists(self, xs: list[int], text: str) -> list[tuple[int, str]]:
        return list(zip(xs, text, strict=False)) + list(enumerate(text, 7))

    def dicts(self, xs: list[int], text: str) -> dict[str, int]:
        found = dict(zip(text, xs, strict=False))
        other = dict([(str(x), x) for x in xs])
        third = dict(self.prices)
        third["c"] = 3
        fourth: dict[str, int] = dict()
        fourth["n"] = len(third)
        for more in (other, third, dict(a=1, b=7), fourth):
            for key, value in more.items():
                found[key] = value
        return found

    def tuples(self, xs: list[int], text: str) -> tuple[int, ...]:
        letters = tuple(text)
        return tuple(reversed(xs)) if len(letters) > 1 else tuple(xs)

    def views(self, key: str, price: int) -> tuple[bool, bool, bool, int, int, int]:
        return (
            key in self.prices.keys(),
            price in self.prices.values(),
            (key, price) in self.prices.items(),
            len(self.prices.keys()),
            len(self.prices.values()),
            len(self.prices.items()),
        )

    def rows_in_place(self, n: int) -> int:
        for i, row in enumerate(self.rows):
            self.log.append(f"{i} {len(row)}")
        return sum([len(row) for row in self.rows]) + n


@given(NUMBERS, NUMBERS, st.text("ab\U0001f600", max_size=4), st.integers(-3, 3), st.integers(-2, 3))
def test_what_goes_over_other_things(xs: list[int], ys: list[int], text: str, start: int, step: int) -> None:
    agree(
        Rows,
        call("numbered", xs, start),
        call("numbered_entries"),
        call("numbered_text", text),
        call("together", xs, ys, text),
        call("backward", xs, text),
        call("down", start, start + len(xs)),
        call("steps", start, len(xs), step),
        call("lists", xs, text),
        call("dicts", xs, text),
        call("views", text[:1], start),
        rows=[[1], [], [2, 3]],
    )
