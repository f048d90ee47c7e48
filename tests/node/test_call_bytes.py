"""CALLB: arguments and results as canonical bytes are those that CALL says in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camshaft.client.connection import Connection
from camshaft.client.endpoint import Endpoint
from camshaft.node.server import NodeThread
from camshaft.values.codec import decode, encode
from camshaft.values.types import INT, STR, Record, Type
from generators.types import values
from generators.wire import ECHOES, Wire, node

ORDERED = Record((("a", INT), ("b", INT), ("c", STR)))


@pytest.fixture(scope="module")
def running() -> Iterator[NodeThread]:
    with node() as thread:
        yield thread


@pytest.fixture(scope="module")
def wire(running: NodeThread) -> Iterator[Wire]:
    with Wire(running.port) as made:
        yield made


def arguments(type_: Type, value: Any) -> bytes:
    return encode(Record((("it", type_),)), (value,))


@given(st.sampled_from(sorted(ECHOES)).flatmap(lambda name: st.tuples(st.just(name), values(ECHOES[name]))))
def test_what_was_sent_comes_back_as_the_same_bytes(wire: Wire, sent: tuple[str, Any]) -> None:
    name, value = sent
    reply = wire.ask("CALLB", "echo", name, arguments(ECHOES[name], value))
    assert reply == (None if name == "unit" else encode(ECHOES[name], value))


def test_commands_queries_and_repeated_calls_are_answered_in_bytes_and_others_beside_them_are_not(wire: Wire) -> None:
    put = Record((("sku", STR), ("count", INT)))
    assert wire.ask("CALLB", "cart/b", "put", encode(put, ("pen", 3))) is None
    take = encode(put, ("pen", 1))
    first = wire.ask("ONCE", "bytes", "CALLB", "cart/b", "take", take)
    assert wire.ask("ONCE", "bytes", "CALLB", "cart/b", "take", take) == first
    assert decode(INT, first) == wire.ask("ONCE", "bytes", "CALL", "cart/b", "take", "pen", 1) == 2
    assert decode(INT, wire.ask("CALLB", "cart/b", "left", encode(Record((("sku", STR),)), ("pen",)))) == 2


def test_a_refusal_and_a_trap_are_told_as_ever(wire: Wire) -> None:
    assert str(wire.ask("CALLB", "counter/b", "refuse", b"\x90")) == 'REFUSED Never {"count":-1}'
    assert str(wire.ask("CALLB", "counter/b", "trap", b"\x90")) == "TRAP AssertionError no"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "malformed"),
        (b"\x90", ""),
        (encode(ORDERED, (1, 2, "x")) + b"\x00", ""),
        (b"\x93\x01\x02\x03", ""),
        (b"\x93\x01\xcd\x00\x02\xa1x", "not the canonical encoding"),
    ],
)
def test_bytes_that_are_no_arguments_are_rejected(wire: Wire, data: bytes, why: str) -> None:
    answer = str(wire.ask("CALLB", "echo", "ordered", data))
    assert answer.startswith("REJECTED ordered of echo: the arguments are not the canonical bytes of (a: int, b: int")
    assert why in answer


@given(st.binary(max_size=40))
def test_random_bytes_are_arguments_or_rejected(wire: Wire, data: bytes) -> None:
    answer = wire.ask("CALLB", "echo", "payment", data)
    assert isinstance(answer, bytes) or str(answer).startswith("REJECTED payment of echo: the arguments are not ")


def test_a_client_of_resp3_reads_bytes_that_are_no_text(running: NodeThread) -> None:
    with Connection(Endpoint(port=running.port)) as connection:
        reply = connection.command("CALLB", "echo", "int", arguments(INT, 200))
    assert decode(INT, reply.encode("utf-8", "surrogateescape")) == 200
