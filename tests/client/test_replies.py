from __future__ import annotations

from typing import Any

from hypothesis import given

from camshaft.client.connection import reply_reader
from camshaft.client.replies import may_hide_a_number, view_of
from camshaft.node.replies import resp2, resp3
from camshaft.values.types import FLOAT, INT, STR, Record, Type
from camshaft.values.view import from_view, to_view
from generators.types import floats, typed_values


@given(typed_values())
def test_what_a_node_sends_of_a_value_is_read_as_that_value(typed_value: tuple[Type, Any]) -> None:
    type_, value = typed_value
    reader = reply_reader()
    reader.feed(resp3(to_view(type_, value)))
    assert from_view(type_, view_of(type_, reader.gets())) == value


@given(floats)
def test_a_float_is_read_from_either_protocol(value: float) -> None:
    for written in (resp2, resp3):
        reader = reply_reader()
        reader.feed(written(to_view(FLOAT, value)))
        assert repr(from_view(FLOAT, view_of(FLOAT, reader.gets()))) == repr(value)


def test_only_the_type_tells_a_large_number_from_a_text() -> None:
    digits = str(10**30)
    pair = Record([("number", INT), ("text", STR)])
    reply = {"number": digits, "text": digits}
    assert may_hide_a_number(reply)
    assert view_of(pair, reply) == {"number": 10**30, "text": digits}
    assert not may_hide_a_number({"number": 5, "text": "5"})
