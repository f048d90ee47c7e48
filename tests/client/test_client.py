from __future__ import annotations

import pytest

from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected
from camshaft.client.outcomes import Upgraded
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.peer import GREETING, scripted
from generators.shop import Shop

ANSWER = (
    b"%5\r\n$7\r\nmachine\r\n$7\r\ncounter\r\n$4\r\nfrom\r\n$1\r\na\r\n$2\r\nto\r\n$1\r\nb\r\n"
    b"$8\r\nposition\r\n:7\r\n$8\r\nmigrated\r\n:2\r\n"
)


def test_an_upgrade_whose_answer_was_lost_is_sent_once_more() -> None:
    with scripted([GREETING, None], [GREETING, ANSWER]) as peer, Client(Endpoint(port=peer.port)) as client:
        assert client.upgrade_bytes(b"upgrade") == Upgraded("counter", "a", "b", 7, 2)


def test_an_upgrade_whose_answer_was_lost_twice_stays_in_doubt() -> None:
    doubt = pytest.raises(Disconnected, match="may have run, or not")
    with scripted([GREETING, None], [GREETING, None]) as peer, Client(Endpoint(port=peer.port)) as client, doubt:
        client.upgrade_bytes(b"upgrade")


def test_a_lost_call_is_never_sent_again() -> None:
    with scripted([GREETING, None], [GREETING, b":1\r\n"]) as peer, Client(Endpoint(port=peer.port)) as client:
        with pytest.raises(Disconnected):
            client.call("counter", "incr", [], {})
        assert len(peer.connections) == 1


def test_instances_are_listed_page_by_page() -> None:
    with NodeThread(Replica(MemoryJournal())) as node, Client(Endpoint(port=node.port)) as client:
        client.deploy(Shop)
        keys = [f"shop/{number}" for number in range(2_500)]
        client.connection.commands([("CALL", key, "put", "tea") for key in keys])
        assert list(client.instances("shop")) == keys
