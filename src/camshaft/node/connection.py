"""One client: its socket, what it has sent and is still to be run, what it is owed, and what it said about itself.

A connection only collects. What it received waits in `queue` until the node's turn (see `turns`) comes to it, and
what it is owed waits in `out` until the end of that turn, when it leaves in one write.

Rule: nothing in this file knows a command, a machine or the journal.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from camshaft.node.familiar import LONGEST_WHOLE
from camshaft.node.framing import Framing, ProtocolError
from camshaft.node.replies import RESP2, Protocol, error

if TYPE_CHECKING:
    import socket

    from camshaft.node.calls import Calls
    from camshaft.node.clients import Clients

_LARGE_BYTES: Final = 64 * 1024
"""What is received or sent at once with less bytes than this is counted by its number only."""
TURNED_AWAY: Final[list[bytes]] = [b""]
"""Stands in a queue for a command that came when too many were waiting. It is known by identity: a client may send
an equal one."""


class Silence(Enum):
    """Which replies a client wants to miss, as CLIENT REPLY sets it."""

    NONE = "on"
    NEXT = "skip"
    ALL = "off"


class Connection(asyncio.Protocol):
    """The state of one client's connection."""

    __slots__ = (
        "_clients",
        "_framing",
        "_held",
        "_is_paused",
        "_pending_bytes",
        "_transport",
        "_whole",
        "calls",
        "connected_at_s",
        "failure",
        "has_ended",
        "has_sent_all",
        "id",
        "interfaces",
        "is_awake",
        "is_closing",
        "last_command",
        "library",
        "name",
        "out",
        "owed_bytes",
        "peer",
        "protocol",
        "queue",
        "silence",
        "turn",
        "waits",
        "was_heard",
    )

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._framing = Framing(clients.limits, clients.familiar)
        self._whole = clients.familiar.whole
        self._held = 0
        """What this client adds to `held` of all clients."""
        self._pending_bytes = 0
        """What this client adds to `pending_bytes` of all clients."""
        self.owed_bytes = 0
        """What this client adds to `owed_bytes` of all clients."""
        self._transport: Any = None
        self._is_paused = False
        self.id = 0
        """A number of its own, from 1; 0 where the client found no room."""
        self.peer = ""
        """The client's address, for people."""
        self.connected_at_s = time.monotonic()
        self.name = ""
        self.library: dict[str, str] = {}
        """What the client's library says about itself: `lib-name`, `lib-ver`."""
        self.interfaces: dict[str, str] = {}
        """The ids of the programs whose interfaces the client was made for, by machine, where it has said so."""
        self.calls: Calls | None = None
        """What reads its calls, where it has announced interfaces; None: what reads everybody's."""
        self.last_command = ""
        self.protocol: Protocol = RESP2
        self.silence = Silence.NONE
        self.queue: list[list[bytes]] = []
        """Commands that were received and not run yet."""
        self.out: list[bytes] = []
        """Replies since the last write."""
        self.failure: ProtocolError | None = None
        """Why nothing more can be read from this client; it is told once its queue has run."""
        self.is_awake = False
        """Whether the node's next turn comes to this connection. Only `turns` sets it."""
        self.turn = 0
        """The number of the last turn that came to this connection. Only `turns` sets it."""
        self.waits = False
        """Whether a command of this client is still being worked on. Only `turns` changes it."""
        self.has_sent_all = False
        """Whether the client will send nothing more; it is closed once its queue has run and is answered."""
        self.is_closing = False
        """Whether `end` was called: what is owed is being sent, and nothing more is run."""
        self.has_ended = False
        """Whether the socket is gone."""
        self.was_heard = True
        """Whether anything was received since the last look at idle clients."""

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet nobody: RESP clients speak first."""
        self._transport = transport
        self.peer = _peer(transport.get_extra_info("peername"))
        clients = self._clients
        if self.id:
            self._go_on()
            return
        if len(clients.connected) >= clients.capacity:
            clients.turned_away += 1
            # The first words are Redis's own, which its clients know.
            self.reply(error("ERR", f"max number of clients reached: this node serves {clients.capacity} at a time"))
            self.end()
            return
        clients.accepted += 1
        self.id = clients.accepted
        clients.connected[self.id] = self

    def data_received(self, data: bytes) -> None:
        """Take in a chunk of what the client sends."""
        if self.is_closing or self.failure is not None:
            return
        self.was_heard = True
        clients = self._clients
        queue = self.queue
        before = len(queue)
        # One command that was sent before, alone in its chunk, is what clients send that wait for each answer.
        words = self._whole.get(data) if len(data) <= LONGEST_WHOLE and self._framing.is_between else None
        if words is not None:
            queue.append(words)
            after = before + 1
        else:
            try:
                self._framing.receive(data, queue)
            except ProtocolError as failure:
                self.failure = failure
            after = len(queue)
            if before or self._held or len(data) > _LARGE_BYTES:
                self._count(len(data), before)
            if self._framing.held != self._held:
                self._account()
        clients.pending += after - before
        if clients.pending > clients.limits.pending:
            self._turn_away(clients.pending - clients.limits.pending, before)
        if after > clients.limits.pending_per_connection:
            self._pause()
        if not self.is_awake and (after or self.failure is not None):
            clients.wake(self)

    def eof_received(self) -> bool:
        """The client has sent its last; whether the socket stays open, until all of it is answered."""
        self.has_sent_all = True
        if self.queue or self.failure is not None:
            if not self.is_awake:
                self._clients.wake(self)
            return True
        return False

    def resume_writing(self) -> None:
        """The client has read nearly all that it was owed."""
        self._owe(0)

    def connection_lost(self, _reason: Exception | None) -> None:
        """The socket is gone. What was received and not run yet is not run: nobody would learn of it."""
        self.has_ended = True
        self.is_closing = True
        self._drop_queue()
        self._owe(0)
        self._clients.held -= self._held
        self._clients.left(self)

    # What the node calls

    @property
    def is_monitor(self) -> bool:
        """Whether this client sees every command."""
        return self.id in self._clients.monitors

    def reply(self, data: bytes) -> None:
        """Owe the client a reply, unless it wants to miss it."""
        match self.silence:
            case Silence.NONE:
                self.out.append(data)
                if len(data) > _LARGE_BYTES:
                    # Many large replies in one turn would fill the memory before anybody saw that they are not read.
                    self.flush()
            case Silence.NEXT:
                self.silence = Silence.NONE
            case Silence.ALL:
                pass

    def reply_to(self, data: bytes | None) -> None:
        """Owe the client a reply, or none where there is none."""
        if data is not None:
            self.reply(data)

    @property
    def rest(self) -> bytes:
        """What has arrived of a command whose end has not."""
        return self._framing.rest

    def begin_with(self, id_: int, queue: Iterable[list[bytes]], rest: bytes) -> None:
        """Be, once the socket is here, a client that another process has served: go on with what that has received."""
        self.id = id_
        self.queue += queue
        if rest:
            try:
                self._framing.receive(rest, self.queue)
            except ProtocolError as failure:  # the limits of the other process were larger
                self.failure = failure

    def stand_still(self) -> socket.socket | None:
        """Read nothing more, and give the socket; None while replies wait to be sent through it, or it is closed."""
        transport = self._transport
        if self.is_closing or transport.is_closing():
            return None
        transport.pause_reading()
        return None if transport.get_write_buffer_size() else transport.get_extra_info("socket")

    def move_on(self) -> None:
        """Read again after `stand_still`."""
        if not (self._is_paused or self.is_closing or self._transport.is_closing()):
            self._transport.resume_reading()

    def take_back(self, words: list[bytes]) -> None:
        """Have a command in the queue again that was taken from its front, and could not be run yet."""
        self.queue.insert(0, words)
        self._clients.pending += 1
        self.waits = False

    def taken(self, count: int) -> None:
        """Remove the first commands of the queue, which have been run or are about to be."""
        queue = self.queue
        if count >= len(queue):
            count = len(queue)  # one of them may have closed the connection, and dropped the queue
            queue.clear()
        else:
            del queue[:count]
        self._clients.pending -= count
        if self._pending_bytes and not queue:
            self._clients.pending_bytes -= self._pending_bytes
            self._pending_bytes = 0
        if self._is_paused and self._has_room():
            self._is_paused = False
            if not self.is_closing:
                self._transport.resume_reading()

    def flush(self) -> None:
        """Send what the client is owed, in one write; cut the client off where it does not read."""
        out = self.out
        if not out:
            return
        data = out[0] if len(out) == 1 else b"".join(out)
        out.clear()
        transport = self._transport
        if transport.is_closing():
            return
        transport.write(data)
        owed_bytes = transport.get_write_buffer_size()
        if owed_bytes > _LARGE_BYTES:
            self._owe(owed_bytes)
            if owed_bytes > self._clients.limits.output_bytes:
                self.cut_off()
            elif self._clients.owed_bytes > self._clients.limits.owed_bytes:
                self._clients.cut_off_the_slowest()

    def cut_off(self) -> None:
        """Close at once, since the client does not read what it is owed."""
        # There is no way to tell it why: what it would have to read first is the trouble.
        self._clients.cut_off += 1
        self.abort()

    def end(self) -> None:
        """Send what is owed and close; what is still in the queue is not run."""
        self.is_closing = True
        self._drop_queue()
        self.flush()
        if not self.has_ended:
            self._transport.close()

    def abort(self) -> None:
        """Close at once, whatever is owed."""
        self.is_closing = True
        self._drop_queue()
        self._owe(0)
        if not self.has_ended:
            self._transport.abort()

    def _go_on(self) -> None:
        clients = self._clients
        clients.connected[self.id] = self
        clients.pending += len(self.queue)
        self._account()
        if len(self.queue) > clients.limits.pending_per_connection:
            self._is_paused = True
            self._transport.pause_reading()
        if self.queue or self.failure is not None:
            clients.wake(self)

    def _drop_queue(self) -> None:
        self._clients.pending -= len(self.queue)
        self._clients.pending_bytes -= self._pending_bytes
        self._pending_bytes = 0
        self.queue.clear()
        self._clients.monitors.pop(self.id, None)

    def _owe(self, owed_bytes: int) -> None:
        self._clients.owed_bytes += owed_bytes - self.owed_bytes
        self.owed_bytes = owed_bytes

    def _pause(self) -> None:
        if not self._is_paused:
            self._is_paused = True
            self._transport.pause_reading()

    def _has_room(self) -> bool:
        """Whether so little waits to be run that more can be read."""
        limits = self._clients.limits
        return (
            len(self.queue) <= limits.pending_per_connection // 2
            and self._pending_bytes <= limits.pending_bytes_per_connection
        )

    def _count(self, received: int, before: int) -> None:
        """Count the bytes of commands that now wait, and turn the latest away where those of all clients are too many.

        What comes to an empty queue in a small chunk is not counted, and a queue counts until it is empty: exact
        numbers would have to be kept for each command.
        """
        clients = self._clients
        completed = max(0, received + self._held - self._framing.held)
        clients.pending_bytes += completed
        self._pending_bytes += completed
        if clients.pending_bytes > clients.limits.pending_bytes:
            self._turn_away(len(self.queue) - before, before)
        if self._pending_bytes > clients.limits.pending_bytes_per_connection and self.queue:
            self._pause()

    def _account(self) -> None:
        """Count the part of a command that this client makes the node hold, and refuse it if all hold too much."""
        clients = self._clients
        clients.held += self._framing.held - self._held
        self._held = self._framing.held
        limit = clients.limits.incomplete_bytes
        if clients.held > limit and self.failure is None:
            self.failure = ProtocolError(
                f"clients have sent {limit} bytes of commands without their ends; try again later"
            )

    def _turn_away(self, excess: int, before: int) -> None:
        """Replace the latest commands by their being turned away: they are answered in order, but do not run."""
        queue = self.queue
        for index in range(max(before, len(queue) - excess), len(queue)):
            queue[index] = TURNED_AWAY
            self._clients.busy += 1


def _peer(address: Any) -> str:
    match address:
        case (str() as host, int() as port, *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        case _:
            return "local"
