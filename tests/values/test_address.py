"""Addresses: which texts name an instance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.errors import Rejected
from camshaft.values.address import Address


@pytest.mark.parametrize(
    "text", ["counter", "cart/alice", "cart/a/b", "cart/ü ß", "cart/{x}:*", "cart/😀", "a1-b/" + "k" * 256]
)
def test_an_address_is_the_same_after_reading_and_showing_it(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no machine's name"),
        ("Counter", "no machine's name"),
        ("-x", "no machine's name"),
        ("x" * 65, "no machine's name"),
        ("cart/", "empty"),
        ("cart/" + "k" * 257, "257 bytes"),
        ("cart/a\nb", "control characters"),
        ("cart/\x1b[31m", "control characters"),
        ("cart/\ud800", "control characters"),
    ],
)
def test_what_is_no_address_is_rejected_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(Rejected, match=problem):
        Address.parse(text)


@given(st.text())
def test_any_text_is_an_address_or_rejected(text: str) -> None:
    try:
        address = Address.parse(text)
    except Rejected:
        return
    assert str(address) == text
