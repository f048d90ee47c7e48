"""A node that serves the counter, over a real socket, and all of it that a change of its program could change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from camshaft.bytecode.encoding import encode_program
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from camshaft.journal.sqlite import SqliteJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators import machines


@contextmanager
def even_and_odd(directory: Path) -> Iterator[tuple[Client, Replica]]:
    """A client of such a node, with an instance of an even count and one of an odd. At the end all is closed."""
    replica = Replica(SqliteJournal(directory))
    replica.deploy(encode_program(machines.counter()))
    with NodeThread(replica) as node, Client(Endpoint(port=node.port)) as client:
        client.call("counter/even", "add", ["4"], {})
        client.call("counter/odd", "add", ["7"], {})
        yield client, replica
    replica.close()


def everything(client: Client) -> tuple[Any, ...]:
    """All that an upgrade or a rollback could change, as a client sees it."""
    return (
        client.machines(),
        [(address, client.state(address)) for address in client.instances("counter")],
        client.history("counter"),
        client.describe("counter"),
    )
