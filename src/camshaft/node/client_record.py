"""A client's connection as data: what a node hands over with its socket, so that another process goes on with it.

Rule: everything that a connection knows is in its record, or is known to the socket, or is made anew without anybody
noticing. `tests/node/test_client_record.py` holds a list of which is which to the attributes that there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from camshaft.node.calls import Calls
from camshaft.node.clients import Clients
from camshaft.node.connection import TURNED_AWAY, Connection, Silence
from camshaft.node.framing import ProtocolError
from camshaft.node.replies import RESP2, RESP3


class ClientRecord(Struct, frozen=True, array_like=True):
    """What one process knows of a client. Nothing is owed to it: replies leave before."""

    id: int
    queue: list[list[bytes] | None]
    """Commands that were received and not run; None for one that was turned away."""
    rest: bytes
    """What has arrived of a command whose end has not."""
    failure: str | None
    """Why nothing more can be read from it."""
    resp: int
    silence: str
    is_monitor: bool
    name: str
    library: dict[str, str]
    interfaces: dict[str, str]
    last_command: str
    connected_at_s: float
    """By the clock of the machine, which both processes read."""


def recorded(connection: Connection) -> ClientRecord:
    """The record of a client that nothing is owed to, and for whom no command is being prepared."""
    return ClientRecord(
        connection.id,
        [None if words is TURNED_AWAY else words for words in connection.queue],
        connection.rest,
        None if connection.failure is None else str(connection.failure),
        connection.protocol.version,
        connection.silence.value,
        connection.is_monitor,
        connection.name,
        connection.library,
        connection.interfaces,
        connection.last_command,
        connection.connected_at_s,
    )


def restored(record: ClientRecord, clients: Clients, announced: Callable[[Mapping[str, str]], Calls]) -> Connection:
    """The connection that a record is of, before its socket is there. `announced` reads calls by given interfaces."""
    connection = Connection(clients)
    queue = [TURNED_AWAY if words is None else words for words in record.queue]
    connection.begin_with(record.id, queue, record.rest)
    if record.failure is not None:
        connection.failure = ProtocolError(record.failure)
    connection.protocol = RESP3 if record.resp == RESP3.version else RESP2
    connection.silence = Silence(record.silence)
    connection.name = record.name
    connection.library = record.library
    connection.interfaces = record.interfaces
    if record.interfaces:
        connection.calls = announced(record.interfaces)
    connection.last_command = record.last_command
    connection.connected_at_s = record.connected_at_s
    return connection
