"""The client of a command that changes what a node runs, or plans that: it waits long, and says what it waits for."""

from __future__ import annotations

from camshaft.cli.printing import print_note
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint

_TIMEOUT_S = 600.0
"""A migration of a large state takes its time, and to go away early would leave its outcome in doubt."""


def patient_client(host: str, port: int) -> Client:
    """A client that goes on where its connection is lost, for a long time, and tells so whoever waits for it."""
    client = Client(Endpoint(host, port), timeout_s=_TIMEOUT_S)
    client.connection.tell = print_note
    return client
