"""`int`, `divmod`, `pow`, `round`, `abs`, `ord`, `chr`, `bool`, `str`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Numbers(Machine):
    count: int = 0

    def _next(self) -> int:
        self.count += 3
        return self.count

    def parsed(self, text: str) -> int:
        self.count += 1
        return int(text)

    def converted(self, x: int, flag: bool) -> tuple[int, int, int, bool, bool, str]:
        return int(x), int(flag), 0, bool(x), False, "" + str(x) + str(flag)

    def divided(self, a: int, b: int) -> tuple[int, int]:
        quotient, rest = divmod(a, b)
        return quotient * 2, rest

    def divided_in_order(self, b: int) -> tuple[int, int]:
        return divmod(self.count + self._next(), self._next() - b)

    def rounded(self, x: int) -> tuple[int, int, int]:
        return round(x + 1), pow(x, 3), abs(-x)

    def characters(self, text: str, n: int) -> str:
        return chr(ord(text) + n)


@given(
    st.integers(-20, 20),
    st.integers(-3, 3),
    st.one_of(st.sampled_from(["", "a", " 12 ", "-1_0", "+7", "1.5", "0x1", "1__0", "--1"]), st.text("01 _-+")),
)
def test_numbers(a: int, b: int, text: str) -> None:

    agree(
        Numbers,
        call("parsed", text),
        call("converted", a, b > 0),
        call("divided", a, b),
        call("divided_in_order", b + 3),
        call("rounded", a),
        call("characters", text[:1] or "x", b),
        call("characters", "\U0001f600", b),
        call("characters", "a", -a * 10),
    )
