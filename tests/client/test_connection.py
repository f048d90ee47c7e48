from __future__ import annotations

import pytest

from camshaft.client.connection import Connection, packed
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, NoAnswer, Unreachable
from camshaft.errors import MissingKey, Rejected
from generators.peer import GREETING, free_port, scripted


def connection(port: int, timeout_s: float = 10.0) -> Connection:
    return Connection(Endpoint("127.0.0.1", port), timeout_s)


def test_without_a_node_the_error_says_how_to_start_one() -> None:
    port = free_port()
    with connection(port) as client, pytest.raises(Unreachable) as failure:
        client.command("PING")
    assert str(failure.value).startswith(f"no node answers at 127.0.0.1:{port}; start one with `camshaft serve FILE`")
    assert isinstance(failure.value, ConnectionError)


def test_false_is_an_answer() -> None:
    with scripted([GREETING, b"#f\r\n"]) as peer, connection(peer.port) as client:
        assert client.command("CALL", "counter", "is_done") is False


def test_a_reply_in_pieces_is_one_reply() -> None:
    script = [GREETING, "*2\r\n$3\r\naä\r\n:4\r\n".encode()]
    with scripted(script, piece_bytes=1) as peer, connection(peer.port) as client:
        assert client.command("X") == ["aä", 4]


def test_a_node_that_hangs_up_leaves_the_call_in_doubt() -> None:
    doubt = pytest.raises(Disconnected, match="may have run, or not")
    with scripted([GREETING, None]) as peer, connection(peer.port) as client, doubt:
        client.command("CALL", "counter", "incr")


def test_a_late_answer_is_never_taken_for_the_next_command_s() -> None:
    scripts = [GREETING, b""], [GREETING, b":2\r\n"]
    with scripted(*scripts) as peer, connection(peer.port, timeout_s=0.2) as client:
        with pytest.raises(NoAnswer, match=r"no answer within 0\.2 s"):
            client.command("CALL", "counter", "incr")
        assert client.command("CALL", "counter", "value") == 2
        assert len(peer.connections) == 2


def test_after_the_node_went_away_the_next_command_connects_anew() -> None:
    with scripted([GREETING, b":1\r\n"], [GREETING, b":2\r\n"]) as peer, connection(peer.port) as client:
        assert client.command("A") == 1
        peer.connections[0].close()
        assert client.command("B") == 2


def test_what_speaks_another_protocol_is_named() -> None:
    script = [b"HTTP/1.1 400 Bad Request\r\n\r\n"]
    no_node = pytest.raises(Rejected, match="is not a Camshaft node")
    with scripted(script) as peer, connection(peer.port) as client, no_node:
        client.command("PING")


def test_pipelined_commands_have_their_answers_and_errors_in_order() -> None:
    with scripted([GREETING, b":1\r\n-TRAP KeyError no such key\r\n+OK\r\n"]) as peer, connection(peer.port) as client:
        first, second, third = client.commands([("A",), ("B",), ("C",)])
    assert (first, third) == (1, "OK")
    assert isinstance(second, MissingKey)


def test_a_closed_connection_stays_closed() -> None:
    client = connection(free_port())
    client.close()
    with pytest.raises(Rejected, match="is closed"):
        client.command("PING")


def test_a_word_that_is_no_utf_8_is_sent_as_it_came_and_half_a_surrogate_pair_is_not_sent() -> None:
    assert packed(("CALL", "\udcff", 5)) == b"*3\r\n$4\r\nCALL\r\n$1\r\n\xff\r\n$1\r\n5\r\n"
    with pytest.raises(Rejected, match="half a surrogate pair"):
        packed(("CALL", "\ud800"))
