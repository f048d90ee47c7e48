"""Views, results and errors in RESP2 and RESP3, read back by hiredis."""

from __future__ import annotations

from typing import Any

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.errors import Where
from camshaft.node import replies
from camshaft.node.replies import RESP2, RESP3, Protocol, Simple
from camshaft.values.types import BOOL, INT, STR, UNIT, Type
from camshaft.values.view import to_view
from generators.wire import CARD, ECHOES

NESTED = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def read(data: bytes) -> Any:
    reader = hiredis.Reader(encoding="utf-8", notEnoughData=reader_has_more)
    reader.feed(data)
    reply = reader.gets()
    assert reader.gets() is reader_has_more, "more than one reply"
    return reply


reader_has_more = object()


def flattened(view: Any) -> Any:
    """What RESP2 makes of a view."""
    match view:
        case bool():
            return int(view)
        case float():
            return repr(view)
        case list():
            return [flattened(element) for element in view]
        case dict():
            return [flattened(part) for entry in view.items() for part in entry]
        case _:
            return view


@given(NESTED)
def test_resp3_says_a_view_as_it_is(view: Any) -> None:
    assert read(replies.resp3(view)) == view


@given(NESTED)
def test_resp2_says_a_view_in_its_own_fewer_types(view: Any) -> None:
    assert read(replies.resp2(view)) == flattened(view)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2**4095])
def test_an_integer_beyond_64_bits_is_a_big_number_or_text(value: int) -> None:
    assert replies.resp3(value) == b"(%d\r\n" % value
    assert read(replies.resp2(value)) == str(value)


@pytest.mark.parametrize("protocol", [RESP2, RESP3], ids=["resp2", "resp3"])
@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (UNIT, ()),
        (BOOL, True),
        (BOOL, False),
        (INT, 7),
        (INT, 2**100),
        (STR, "with\r\nlines and ü"),
        (CARD, ("1234", 5)),
        (ECHOES["maybe"], ("None", ())),
        (ECHOES["maybe"], ("int", 3)),
        (ECHOES["payment"], ("Card", ("1", 2))),
        (ECHOES["payment"], ("Cash", ())),
        (ECHOES["map"], {"a": [1, 2], "b": []}),
        (ECHOES["table"], {1: "x", -2: "y"}),
        (ECHOES["pair"], (1, True)),
    ],
)
def test_a_result_travels_as_its_view(protocol: Protocol, type_: Type, value: Any) -> None:
    assert protocol.result(type_, value) == protocol.view(to_view(type_, value))


def test_a_method_without_a_result_answers_null() -> None:
    assert RESP3.nothing == b"_\r\n"
    assert RESP2.nothing == b"$-1\r\n"


@given(st.text())
def test_an_error_is_one_line_whatever_its_text(text: str) -> None:
    data = replies.error("REJECTED", text)
    assert data.startswith(b"-REJECTED ")
    assert data.endswith(b"\r\n")
    assert not set(b"\r\n") & set(data[:-2])


def test_a_long_error_is_cut_short() -> None:
    assert len(replies.error("TRAP ValueError", "x" * 100_000)) < 2_100


def test_a_place_is_never_cut_short_and_stays_on_the_line() -> None:
    data = replies.error("TRAP KeyError", "x" * 100_000, Where("cart", "remove\r\n", 14, "cart.py"))
    assert data.endswith("… (cart.py line 14, in remove )\r\n".encode())


def test_the_fields_of_a_refusal_are_never_cut_short() -> None:
    fields = '{"why":"%s"}' % ("x" * 50_000)
    assert replies.refusal("OutOfStock", fields) == f"-REFUSED OutOfStock {fields}\r\n".encode()


def test_a_simple_string_is_one_line() -> None:
    assert replies.resp3(Simple("a\r\nb")) == b"+a b\r\n"
    assert replies.resp2([Simple("OK")]) == b"*1\r\n+OK\r\n"


def test_bytes_travel_as_they_are() -> None:
    assert replies.resp3(b"\x00\r\n\xff") == b"$4\r\n\x00\r\n\xff\r\n"
