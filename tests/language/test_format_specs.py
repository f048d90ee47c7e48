"""f-strings write what Python writes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft import Machine
from generators.differential import agree, call


class Formats(Machine):
    count: int = 0

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _nothing(self) -> None:
        self.count += 10

    def integers(self, n: int) -> str:
        return f"{n:5}|{n:<5}|{n:^7}|{n:>08}|{n:05d}|{n:+,}|{n:_}|{n: d}|{n!r}|{n!s:>4}"

    def bases(self, n: int) -> str:
        return f"{n:x}|{n:#X}|{n:#_b}|{n:o}|{n:*=+9}"

    def as_floats(self, n: int) -> str:
        return f"{n:.2f} {n:e} {n:.1%} {n:012,.3f}"

    def texts(self, text: str) -> str:
        return f"[{text:10}][{text:<5}][{text:>5}][{text:^6}][{text:-^7.2}][{text:.3}][{text:é>4s}]"

    def floats(self, x: float) -> str:
        return f"{x:.2f} {x:10.3f} {x:+.1e} {x:,.2f} {x:.0f} {x:.3g} {x:%} {x:>12} {x:08.2f}"

    def bools(self, flag: bool) -> str:
        return f"{flag!s:>6} {flag!r}"

    def debugging(self, n: int) -> str:
        return f"{n=} {n + 1 = }"

    def widths(self, n: int, text: str, x: float, w: int) -> str:
        return f"{n:{w}}|{n:<{w}}|{n:^{w}d}|{n:*>{w},}|{n:#{w}x}|{text:{w}}|{text:>{w}}|{text:-^{w}s}|{x:^{w}.2f}"

    def signed(self, n: int, text: str, x: float, w: int) -> str:
        return f"{n:+{w}}|{n:0{w}}|{n:0{w}d}|{n:>0{w}}|{n:*<0{w}}|{x:0{w}.1f}|{x:+0{w}}|{n: {w}}"

    def sign(self, n: int, w: int) -> str:
        return f"{n:{w}}|{n:.<{w}}|{n / 4:{w}}"

    def precisions(self, n: int, text: str, x: float, p: int) -> str:
        return f"{x:.{p}f}|{x:9.{p}e}|{n:.{p}f}|{n:,.{p}%}|{x:.{p}g}"

    def cut(self, text: str, p: int) -> str:
        return f"{text:.{p}}|{text:>5.{p}s}"

    def both(self, n: int, text: str, x: float, w: int, p: int) -> str:
        return f"{x:>{w}.{p}f}|{text!s:^{w}.{p}}|{n:<{w}.{p}f}|{x!r:>{w}}|{'ab':{w}}|{len(text):{w + p}}"

    def numbers_in_order(self, n: int, w: int) -> str:
        return f"{self._next():{self._next()}}|{10**400 if n > 2 else n:{10 // n}.{10 // w}f}|{self.count}"

    def in_order(self, n: int) -> str:
        first = f"{self._next():03d} {10 // n:>3} {self._next()} {f'{self._next():x}':>4} {self.count} "
        return first + f"{self._nothing()}"  # type: ignore[func-returns-value]  # None is a text, once it was called


FLOATS = st.floats(allow_nan=False) | st.sampled_from([0.5, 1.5, 2.675, -0.0, 1e16, 123456.789])


@given(
    st.integers(-(10**7), 10**7) | st.integers(-2, 2),
    st.text("ab é😀{}", max_size=8),
    FLOATS,
    st.booleans(),
)
def test_formats(number: int, text: str, x: float, flag: bool) -> None:
    agree(
        Formats,
        call("integers", number),
        call("bases", number),
        call("as_floats", number),
        call("texts", text),
        call("floats", x),
        call("bools", flag),
        call("debugging", number),
        call("in_order", number),
        call("in_order", 0),
    )


def test_a_number_beyond_all_floats_has_no_decimal_places() -> None:
    assert agree(Formats, call("as_floats", 10**400)) == [OverflowError]


WIDTHS = st.integers(-3, 12) | st.sampled_from([0, 1, 1_500, -1_500, 2**63, -(2**63), 2**70])


@given(st.integers(-(10**7), 10**7), st.text("ab é😀", max_size=8), FLOATS, WIDTHS, st.integers(-2, 20))
def test_widths_and_precisions_that_are_computed(n: int, text: str, x: float, width: int, precision: int) -> None:
    agree(
        Formats,
        call("widths", n, text, x, width),
        call("signed", n, text, x, width),
        call("sign", n, width),
        call("precisions", n, text, x, precision),
        call("cut", text, precision),
        call("cut", text, width),
        call("both", n, text, x, width, precision),
        call("numbers_in_order", n % 5, precision),
    )
