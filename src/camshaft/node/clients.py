"""The clients of a node: who is there, how many may be, and what all of them together make the node hold.

Rule: what one client does is in `connection`; here is only what takes all of them to know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from camshaft.node.connection import Connection
from camshaft.node.familiar import Familiar
from camshaft.node.limits import Limits
from camshaft.node.replies import error


class Clients:
    """The clients of a node: who is there, how many may be, and how many commands wait."""

    def __init__(self, limits: Limits, capacity: int, wake: Callable[[Connection], None]) -> None:
        self.limits = limits
        self.capacity = capacity
        """How many clients may be connected at the same time."""
        self.wake = wake
        """Called when a client has something to be run."""
        self.familiar = Familiar()
        self.connected: dict[int, Connection] = {}
        self.monitors: dict[int, Connection] = {}
        """The clients that see every command, by id."""
        self.pending = 0
        """Commands of all clients that were received and not run yet."""
        self.held = 0
        """Bytes of commands of all clients that have not arrived in full."""
        self.pending_bytes = 0
        """Bytes of such commands, as far as they are counted: see `Connection._count`."""
        self.owed_bytes = 0
        """Bytes of replies that wait for clients who do not read as fast as they ask."""
        self.accepted = 0
        """Clients since the node started."""
        self.turned_away = 0
        """Clients since the node started that found no room."""
        self.cut_off = 0
        """Clients since the node started that were disconnected because they read too slowly."""
        self.busy = 0
        """Commands since the node started that were answered BUSY."""
        self._all_left: asyncio.Future[None] | None = None

    def connection(self) -> Connection:
        """The handler of a new connection, as asyncio asks for it."""
        return Connection(self)

    def left(self, connection: Connection) -> None:
        """A connection is gone."""
        self.connected.pop(connection.id, None)
        if self._all_left is not None and not self.connected and not self._all_left.done():
            self._all_left.set_result(None)

    def all_left(self) -> asyncio.Future[None]:
        """Done when nobody is connected any more."""
        self._all_left = asyncio.get_running_loop().create_future()
        if not self.connected:
            self._all_left.set_result(None)
        return self._all_left

    def cut_off_the_slowest(self) -> None:
        """Cut off clients until all of them together are owed no more than the node keeps for them."""
        slowest = sorted(self.connected.values(), key=lambda each: each.owed_bytes)
        while self.owed_bytes > self.limits.owed_bytes and slowest:
            slowest.pop().cut_off()

    def close_idle(self) -> None:
        """Disconnect the clients that have been silent since the last time this was called."""
        for connection in list(self.connected.values()):
            if connection.was_heard or connection.queue or connection.is_monitor or connection.waits:
                connection.was_heard = False
            elif connection.is_closing:
                connection.abort()
            else:
                connection.reply(error("ERR", f"this connection was silent for {self.limits.idle_s:g} s"))
                connection.end()
