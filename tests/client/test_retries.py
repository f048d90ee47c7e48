"""Trying again: for how long, and by which keys a call is known."""

from __future__ import annotations

import os
import threading

import pytest

from camshaft.client.connection import Connection, packed
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, Unreachable
from camshaft.client.retries import Patience, keys
from generators.peer import GREETING, Last, free_port, scripted


def test_pauses_grow_up_to_a_second_and_are_shortened_by_up_to_half() -> None:
    patience = Patience(1_000)
    expected = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0, 1.0]
    for longest in expected:
        pause_s = patience.pause_s()
        assert pause_s is not None
        assert longest / 2 <= pause_s <= longest


def test_patience_ends_and_is_renewed() -> None:
    patience = Patience(0.0)
    assert patience.pause_s() is None
    assert patience.left_s <= 0


def test_no_key_comes_twice_not_even_in_a_child() -> None:
    key, other = keys(), keys()
    made = [key() for _ in range(3)] + [other() for _ in range(3)]
    assert len(set(made)) == 6
    assert all(len(one) <= 64 and one.isascii() and one.isprintable() for one in made)
    assert f"-{os.getpid():x}-" in made[0]


def once(*names: str) -> list[tuple[None, tuple[str, ...]]]:
    return [(None, ("CALL", "counter", name)) for name in names]


def connection(port: int, timeout_s: float = 20.0) -> Connection:
    return Connection(Endpoint("127.0.0.1", port), timeout_s)


def test_only_what_was_not_answered_is_sent_again_in_its_order_and_with_its_keys() -> None:
    with scripted([GREETING, b":1\r\n", None], [GREETING, b":2\r\n:3\r\n"]) as peer, connection(peer.port) as client:
        client.key = iter("xyz").__next__
        assert client.calls(once("a")) == [1]
        assert client.calls(once("b", "c")) == [2, 3]
        again = [data for data in peer.received if b"ONCE" in data]
    assert again[0] == packed(("ONCE", "x", "CALL", "counter", "a"))
    both = packed(("ONCE", "y", "CALL", "counter", "b")) + packed(("ONCE", "z", "CALL", "counter", "c"))
    assert again[1:] == [both, both]


def test_an_answer_that_came_is_kept_when_the_next_one_does_not() -> None:
    """Of two calls, the first is answered before the end: the second is sent alone."""
    with scripted([GREETING, Last(b":1\r\n-")], [GREETING, b":2\r\n"]) as peer, connection(peer.port) as client:
        client.key = iter("xy").__next__
        assert client.calls(once("a", "b")) == [1, 2]
    assert peer.received[-1] == packed(("ONCE", "y", "CALL", "counter", "b"))


def test_in_the_end_the_error_names_what_is_not_known() -> None:
    hang_ups = [[None]] * 100
    with scripted([GREETING, None], *hang_ups) as peer, connection(peer.port, 0.3) as client:
        with pytest.raises(Disconnected) as failure:
            client.calls(once("a", "b"))
        with pytest.raises(Disconnected) as other:
            client.calls(once("c"))
    assert str(failure.value) == (
        f"the node at 127.0.0.1:{peer.port} ended the connection before it answered, and no node has answered there "
        "for 0.3 s: it is not known whether `CALL counter a`, or any of the 1 after it, has run"
    )
    assert "whether `CALL counter c` has run" in str(other.value)


def test_who_never_had_a_connection_is_told_at_once_that_there_is_no_node() -> None:
    with connection(free_port(), 1_000) as client, pytest.raises(Unreachable):
        client.calls(once("a"))


def test_a_connection_that_is_closed_by_another_thread_tries_no_more() -> None:
    with scripted([GREETING, b":1\r\n"]) as peer:
        client = connection(peer.port, 1_000)
        assert client.calls(once("a")) == [1]
    # Nobody listens there any more.
    closing = threading.Timer(0.1, client.close)
    closing.start()
    with pytest.raises(Unreachable):
        client.calls(once("b"))
    closing.join()


def test_nothing_is_sent_again_and_no_call_has_a_key_where_nobody_wants_that() -> None:
    with scripted([GREETING, None], [GREETING, b":1\r\n"]) as peer:
        client = Connection(Endpoint("127.0.0.1", peer.port), 20.0, retry=False)
        with client, pytest.raises(Disconnected):
            client.calls(once("a"))
    assert peer.received[1:] == [packed(("CALL", "counter", "a"))]
