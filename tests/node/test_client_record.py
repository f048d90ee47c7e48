"""A client as data: nothing that a connection knows is forgotten."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from camshaft.node.calls import Calls
from camshaft.node.client_record import ClientRecord, recorded, restored
from camshaft.node.clients import Clients
from camshaft.node.connection import TURNED_AWAY, Connection
from camshaft.node.framing import ProtocolError
from camshaft.node.limits import DEFAULT_LIMITS
from camshaft.runtime.engine import Engine
from generators.wire import packed

IN_THE_RECORD = {
    *("id", "queue", "failure", "protocol", "silence", "name", "library", "interfaces", "last_command"),
    *("connected_at_s", "_framing"),
}
FOLLOWS_FROM_IT = {"calls", "_held", "_is_paused", "is_awake"}
FROM_THE_SOCKET = {"peer", "_transport", "has_sent_all", "has_ended", "is_closing"}
"""A socket whose client has sent its last says so to each process that reads from it."""
AS_OF_NEW = {"_clients", "_pending_bytes", "_whole", "out", "owed_bytes", "turn", "waits", "was_heard"}
"""Replies have left before, and what waits for its answer is in the queue again."""

WORDS = st.lists(st.binary(max_size=20), min_size=1, max_size=4)
TEXTS = st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=3)
RECORDS = st.builds(
    ClientRecord,
    id=st.integers(1, 2**40),
    queue=st.lists(WORDS | st.none(), max_size=5),
    rest=st.tuples(WORDS, st.integers(0, 200)).map(lambda given: packed(*given[0])[:-1][: given[1]]),
    failure=st.none() | st.text(max_size=20),
    resp=st.sampled_from([2, 3]),
    silence=st.sampled_from(["on", "off", "skip"]),
    is_monitor=st.just(False),
    name=st.text(max_size=20),
    library=TEXTS,
    interfaces=TEXTS,
    last_command=st.text(max_size=10),
    connected_at_s=st.floats(0, 1e9),
)


def clients() -> Clients:
    return Clients(DEFAULT_LIMITS, 10, lambda _: None)


def announced(interfaces: object) -> Calls:
    assert interfaces
    return Calls(Engine())


def test_each_attribute_of_a_connection_is_handed_over_or_known_not_to_be_needed() -> None:
    known = [IN_THE_RECORD, FOLLOWS_FROM_IT, FROM_THE_SOCKET, AS_OF_NEW]
    assert sorted(Connection.__slots__) == sorted(name for names in known for name in names)


@given(RECORDS)
def test_a_client_is_the_same_after_it_was_handed_over(record: ClientRecord) -> None:
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=ClientRecord)
    connection = restored(sent, clients(), announced)
    assert recorded(connection) == record
    assert (connection.calls is not None) == bool(record.interfaces)


def test_a_command_that_was_turned_away_is_told_from_an_equal_one() -> None:
    connection = Connection(clients())
    connection.begin_with(1, [TURNED_AWAY, [b""]], b"")
    again = restored(recorded(connection), clients(), announced)
    assert again.queue[0] is TURNED_AWAY
    assert again.queue[1] is not TURNED_AWAY


def test_what_is_too_large_for_the_next_process_is_a_failure_that_the_client_is_told() -> None:
    connection = Connection(clients())
    connection.begin_with(1, [[b"PING"]], b"*10001\r\n")
    assert connection.queue == [[b"PING"]]
    assert isinstance(connection.failure, ProtocolError)
