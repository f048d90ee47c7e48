"""A client that waits for an answer is not idle."""

from __future__ import annotations

from camshaft.node.clients import Clients
from camshaft.node.limits import DEFAULT_LIMITS


def test_a_client_whose_command_is_still_being_worked_on_is_not_idle() -> None:
    clients = Clients(DEFAULT_LIMITS, 1, lambda _: None)
    connection = clients.connected[1] = clients.connection()
    connection.waits = True
    for _ in range(3):
        clients.close_idle()
    assert not connection.is_closing
