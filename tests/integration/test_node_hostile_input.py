"""Bytes that no friendly client sends: each ends in a clear error for its sender, and the node serves others."""

from __future__ import annotations

import contextlib
import random
import resource
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from camshaft.node.limits import Limits
from camshaft.node.server import NodeThread
from generators.wire import Wire, node, packed

LIMITS = Limits(
    frame_bytes=1_000_000, arguments=500, connections=20, output_bytes=2_000_000, reply_bytes=200_000, pending=500
)


@pytest.fixture(scope="module")
def running() -> Iterator[NodeThread]:
    with node(LIMITS) as thread:
        yield thread


@pytest.fixture
def other(running: NodeThread) -> Iterator[Wire]:
    """Another client, who is served before, during and after the attack."""
    with Wire(running.port) as wire:
        assert wire.ask("PING") == b"PONG"
        yield wire
        assert wire.ask("PING") == b"PONG"


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize(
    "data",
    [
        b"*4294967295\r\n",
        b"*100000000\r\n$4\r\nPING\r\n",
        b"*1\r\n*999999999\r\n",
        b"$9999999999\r\n",
        b"*1\r\n$9999999999\r\nx",
        b"*501\r\n",
        b"*1\r\n" * 1_000,
        b"*2\r\n$0\r\n\r\n" * 1_000,
        b"*1\r\n:1\r\n",
        b"*-7\r\n",
        b"+OK\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"\x00" * 100,
        b"x" * 20_000,
    ],
)
def test_what_is_not_a_command_gets_an_error_and_a_closed_connection(running: NodeThread, data: bytes) -> None:
    before = resident_bytes()
    with Wire(running.port) as wire:
        wire.send(data)
        answer = wire.rest()
    assert answer.startswith(b"-ERR Protocol error: ")
    assert answer.count(b"\r\n") == 1
    assert resident_bytes() - before < 20_000_000


@pytest.mark.usefixtures("other")
def test_random_bytes_harm_nobody(running: NodeThread) -> None:
    chance = random.Random(7)
    for _ in range(200):
        with Wire(running.port) as wire:
            wire.send(chance.randbytes(chance.randrange(1, 400)))
            wire.socket.shutdown(socket.SHUT_WR)
            assert wire.rest()[:5] in {b"-ERR ", b""}


@pytest.mark.usefixtures("other")
def test_random_bytes_after_a_plausible_beginning_harm_nobody(running: NodeThread) -> None:
    chance = random.Random(8)
    beginnings = [
        b"*",
        b"*3\r\n",
        b"*1\r\n$",
        packed("CALL", "counter", "value"),
        packed("DEPLOY", "x")[:-3],
        b"*2\r\n$4\r\n",
    ]
    for _ in range(200):
        with Wire(running.port) as wire:
            wire.send(chance.choice(beginnings) + chance.randbytes(chance.randrange(1, 60)))
            wire.socket.shutdown(socket.SHUT_WR)
            wire.rest()


def test_an_empty_command_is_none(other: Wire) -> None:
    other.send(b"*0\r\n*0\r\n" + packed("PING"))
    assert other.reply() in ("PONG", b"PONG")


def test_half_a_command_and_then_a_close_runs_nothing(running: NodeThread, other: Wire) -> None:
    whole = packed("CALL", "counter/half", "incr")
    for end in range(1, len(whole)):
        with Wire(running.port) as wire:
            wire.send(whole[:end])
    assert other.ask("CALL", "counter/half", "value") == 0


@pytest.mark.usefixtures("other")
def test_a_reset_in_the_middle_of_a_command_is_noticed(running: NodeThread) -> None:
    for _ in range(50):
        with Wire(running.port) as wire:
            wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            wire.send(packed("CALL", "counter/reset", "incr") * 20 + b"*3\r\n$4\r\nCA")


@pytest.mark.usefixtures("other")
def test_a_command_larger_than_the_limit_is_refused_before_it_has_arrived(running: NodeThread) -> None:
    with Wire(running.port) as wire:
        wire.send(b"*2\r\n$6\r\nDEPLOY\r\n$1000001\r\n")
        assert b"larger than 1000000 bytes" in wire.rest()


def test_many_clients_cannot_fill_the_memory_with_halves_of_commands() -> None:
    whole = packed("DEPLOY", b"x" * 900_000)
    half, rest = whole[:-100_000], whole[-100_000:]
    with node(Limits(incomplete_bytes=3_000_000)) as thread, contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(thread.port)) for _ in range(4)]
        for wire in wires[:3]:
            wire.send(half)
            assert stack.enter_context(Wire(thread.port)).ask("PING") == b"PONG"
        wires[3].send(half)
        assert b"clients have sent 3000000 bytes of commands without their ends" in wires[3].rest()
        wires[0].send(rest)
        assert str(wires[0].reply()).startswith("REJECTED ")
        again = stack.enter_context(Wire(thread.port))
        again.send(whole)
        assert str(again.reply()).startswith("REJECTED ")


def test_a_command_of_the_largest_size_is_read(other: Wire) -> None:
    assert str(other.ask("CALL", "echo", "str", "x" * 999_900)).startswith("REJECTED the reply has 9999")
    assert str(other.ask("DEPLOY", b"x" * 999_900)).startswith("REJECTED ")


@pytest.mark.usefixtures("other")
def test_more_clients_than_the_limit_are_turned_away(running: NodeThread) -> None:
    wires = [Wire(running.port) for _ in range(25)]
    try:
        answers = [wire.rest() for wire in wires[19:]]
        assert all(answer.startswith(b"-ERR max number of clients reached") for answer in answers)
        assert all(wire.ask("PING") == b"PONG" for wire in wires[:19])
    finally:
        for wire in wires:
            wire.socket.close()
    eventually(lambda: is_served(running))


def test_a_client_that_does_not_read_is_cut_off(running: NodeThread, other: Wire) -> None:
    with Wire(running.port) as slow:
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        question = packed("CALL", "echo", "str", "x" * 100_000)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            slow.send(question * 500)
    assert b"slow_clients_cut_off:1" in other.ask("INFO", "stats")


def test_commands_beyond_what_may_wait_are_answered_busy_and_not_run(running: NodeThread, other: Wire) -> None:
    with Wire(running.port) as wire:
        wire.send(packed("CALL", "counter/busy", "incr") * 6_000)
        replies = wire.replies(6_000)
    done = replies.count(None)
    busy = [str(reply) for reply in replies if reply is not None]
    assert {text.split(",")[0] for text in busy} == {"BUSY 500 commands"}
    assert done >= 500
    assert other.ask("CALL", "counter/busy", "value") == done


def test_every_word_may_be_nonsense(other: Wire) -> None:
    chance = random.Random(9)
    names = [
        "CALL",
        "CALLN",
        "CALLB",
        "STATE",
        "INSTANCES",
        "DELETE",
        "DESCRIBE",
        "PROGRAM",
        "HISTORY",
        "DEPLOY",
        "PLAN",
        "UPGRADE",
        "INFO",
        "CONFIG",
        "COMMAND",
        "ECHO",
        "PING",
        "HELLO",
        "AUTH",
        "CLIENT",
        "SELECT",
    ]
    for name in names:
        for count in range(1, 5):
            reply = other.ask(name, *(chance.randbytes(chance.randrange(0, 12)) for _ in range(count)))
            if isinstance(reply, Exception):
                assert str(reply).split(" ")[0] in {"ERR", "REJECTED", "NOPROTO", "WRONGPASS"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["CAL", "counter", "incr"], "ERR unknown command 'CAL'; did you mean 'CALL'?"),
        (
            ["CALL", "counter"],
            "ERR wrong number of arguments for 'call' command; it is: CALL address method [argument …]",
        ),
        (["MACHINES", "x"], "ERR wrong number of arguments for 'machines' command; it is: MACHINES"),
        (["PING", "a", "b"], "ERR wrong number of arguments for 'ping' command; it is: PING [message]"),
        (["HELLO", "4"], "NOPROTO this node speaks RESP 2 and 3"),
        (["HELLO", "3", "AUTH", "me", "x"], "WRONGPASS this node has one user"),
        (["AUTH", "x"], "ERR AUTH was sent a password, but this node has none"),
        (["CLIENT", "KILL", "x"], "ERR CLIENT 'KILL x' is not known here"),
        (["CONFIG", "SET", "save", "1"], "ERR a node's settings are given when it is started"),
        (["STATE", "counter\nx"], "REJECTED 'counter\\nx' is no machine's name"),
        (["DESCRIBE", b"\xff"], "REJECTED a machine's name: expected UTF-8 text"),
        (["CALL", "counter/a", "add", str(2**4096)], "REJECTED add of counter: argument n: an integer has 4097 bits"),
    ],
)
def test_an_error_says_what_was_expected(other: Wire, words: list[str | bytes], expected: str) -> None:
    assert str(other.ask(*words)).startswith(expected)


def is_served(running: NodeThread) -> bool:
    with Wire(running.port) as wire:
        return bool(wire.ask("PING") == b"PONG")


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds that the node does by itself."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if holds():
                return
        except (EOFError, ConnectionResetError):
            continue
    raise AssertionError("it never held")
