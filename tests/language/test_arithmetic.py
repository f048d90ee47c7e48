"""Operators compute what Python computes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Operators(Machine):
    def ops(self, a: int, b: int) -> list[int]:
        return [a & b, a | b, a ^ b, ~a, a >> abs(b), a << abs(b), a + b & 3]

    def sh(self, a: int, b: int) -> int:
        return (a << b) + (a >> b)

    def aug(self, a: int, b: int) -> int:
        a &= b
        a |= 1
        a ^= 2
        a <<= 2
        a >>= 1
        a **= 2
        return a

    def bools(self, a: bool, b: bool) -> list[bool]:
        return [a & b, a | b, a ^ b, (a & b) | (not a)]

    def rep(self, n: int, t: str) -> str:
        return t * n + n * "ab" + "x" * 3

    def repl(self, n: int) -> list[int]:
        own = [0] * n + n * [1, 2]
        own *= 2
        return own

    def pw(self, a: int, n: int) -> int:
        result: int = a**n + 2**3
        return result

    def tup(self, a: tuple[int, str], b: tuple[bool, ...]) -> tuple[int, str, str]:
        more = ("x",)
        if len(b + b) == 0:
            more = ("y",)
        return a + more


SMALL = st.integers(-7, 7)


@given(SMALL, SMALL, st.text("abc", max_size=5), st.booleans(), st.booleans())
def test_operators(a: int, b: int, text: str, p: bool, q: bool) -> None:
    agree(
        Operators,
        call("ops", a, b),
        call("sh", a, b),
        call("aug", a, b),
        call("bools", p, q),
        call("rep", a, text),
        call("repl", a),
        call("pw", a, abs(b)),
        call("tup", (a, text), (p, q)),
    )
