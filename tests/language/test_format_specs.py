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

    def in_order(self, n: int) -> str:
        first = f"{self._next():03d} {10 // n:>3} {self._next()} {f'{self._next():x}':>4} {self.count} "
        return first + f"{self._nothing()}"  # type: ignore[func-returns-value]  # None is a text, once it was called


@given(
    st.integers(-(10**7), 10**7) | st.integers(-2, 2),
    st.text("ab é😀{}", max_size=8),
    st.floats(allow_nan=False) | st.sampled_from([0.5, 1.5, 2.675, -0.0, 1e16, 123456.789]),
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
