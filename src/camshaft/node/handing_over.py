"""The old process of a takeover: it lets another one of the same user have its node, clients and all.

While the other one reads the journal, this one serves as ever. Then it stands still: no turn, no reading. It passes the
lock of the data directory, the listening sockets, and each client as its socket and its record; says that it will not
write again; and ends once the other one has said that the node is its own. Until then it can go on as if nothing had
been: it has closed nothing, lost nothing and told nobody anything.

Rule: after `Yours` this process writes and runs nothing, unless the channel ended without a `Mine`. Decision 34.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from camshaft.errors import Rejected
from camshaft.journal.directory import DirectoryLock
from camshaft.journal.journal import JournalFailed
from camshaft.journal.sqlite import SqliteJournal
from camshaft.node import channel
from camshaft.node.channel import (
    MOST_FILES,
    PROTOCOL,
    SOCKET_NAME,
    Behind,
    Channel,
    Estate,
    Hello,
    Listens,
    Mine,
    NotNow,
    Passed,
    Refused,
    Take,
    Taken,
    Yours,
)
from camshaft.node.client_record import ClientRecord, recorded
from camshaft.node.clients import Clients
from camshaft.node.connection import Connection
from camshaft.node.notifying import notify
from camshaft.node.session import VERSION
from camshaft.node.snapshotter import Snapshotter
from camshaft.node.turns import Turns

PATIENCE_S: Final = 10.0
"""For how long a node stands still for a process that does not go on."""
_WORD_S: Final = 1.0
"""For how long a node that serves waits for the rest of a message."""
_NEAR_S: Final = 0.01
"""How much of the processor's time the new process may need to fold what is missing, while clients wait. By the clock
on the wall, a busy machine would never come near."""
_MOST_ASKED: Final = 100
"""How often it is told that it is too far behind. Then clients wait for longer."""
_WORK_S: Final = 0.005
_LEAST_PAUSE_S: Final = 0.001
_MOST_PAUSE_S: Final = 0.03
"""Pauses of a node that writes faster than the other process reads, and how long it works between two."""
_SNAPSHOT_S: Final = 0.05
_SLOW_S: Final = 30.0
"""How long clients may take to read what they are owed, before they are passed on."""
_LOOK_S: Final = 0.01
_AT_ONCE_BYTES: Final = 1 << 20
_LOST: Final = (OSError, EOFError, Rejected, JournalFailed)
"""What ends an attempt, and not the node."""

log: Final = logging.getLogger(__name__)


class Node(Protocol):
    """What is handed over."""

    turns: Turns
    clients: Clients
    snapshotter: Snapshotter
    host: str
    port: int
    heir: int | None
    """The process that is the node by now."""

    @property
    def listening(self) -> Sequence[int]:
        """The listening sockets."""

    @property
    def is_stopping(self) -> bool:
        """Whether it is about to end anyway."""

    def handed_over(self, pid: int) -> None:
        """Accept nobody any more: the sockets are another process's."""

    def request_stop(self) -> None:
        """Nothing is left to be passed: end."""


class HandingOver:
    """A node's readiness to be taken over, from when it starts until it ends."""

    def __init__(self, node: Node, journal: SqliteJournal, patience_s: float = PATIENCE_S) -> None:
        self._node = node
        self._journal = journal
        self._patience_s = patience_s
        self._loop = asyncio.get_running_loop()
        self._directory = journal.path.parent
        self._listener: socket.socket | None = None
        self._channel: Channel | None = None
        """To the process that takes over, while one does."""
        self._task: asyncio.Task[None] | None = None
        self._asked_count = 0
        self._pause_s = 0.0
        self._pause: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Be ready. A directory that holds no sockets is no reason not to serve."""
        try:
            self._listener = channel.listening(self._directory)
        except OSError as error:
            log.warning("this node cannot be taken over: %s cannot be made: %s", self._directory / SOCKET_NAME, error)
            return
        self._listener.setblocking(False)
        self._loop.add_reader(self._listener, self._asked)

    async def close(self) -> None:
        """Be ready no longer, once what is under way has come to its end."""
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._channel is not None:
            self._end(Refused("the node was stopped"))
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            if self._node.heir is None:
                (self._directory / SOCKET_NAME).unlink(missing_ok=True)

    # ---- while the node serves --------------------------------------------------------------------------------------

    def _asked(self) -> None:
        assert self._listener is not None
        try:
            connected, _ = self._listener.accept()
            asking = Channel(connected, _WORD_S)
        except OSError:
            return  # it has left already
        reason = self._objection(asking)
        if reason is not None:
            try:
                asking.send(Refused(reason))
            except OSError as error:
                log.info("process %d has left before it was refused: %s", asking.pid, error)
            asking.close()
            return
        self._channel = asking
        self._node.snapshotter.is_held = True
        self._loop.add_reader(asking, self._told)

    def _objection(self, asking: Channel) -> str | None:
        if asking.uid != os.getuid():
            return f"this node runs as user {os.getuid()}, and only that user may take it over, not user {asking.uid}"
        if asking.pid == 0:
            return "the process that asks cannot be seen from here: it runs in another PID namespace (container)"
        if self._channel is not None:
            return f"process {self._channel.pid} is taking the node over already"
        return None

    def _told(self) -> None:
        """A message of the other process came, or its end."""
        assert self._channel is not None
        try:
            message, files = self._channel.receive()
            for each in files:
                os.close(each)
            self._answer(self._channel, message)
        except _LOST as error:
            self._given_up(error)

    def _answer(self, asking: Channel, message: channel.Message) -> None:
        match message:
            case Hello(protocol=protocol, version=version):
                asking.send(Hello(PROTOCOL, VERSION))
                if protocol != PROTOCOL:
                    raise Rejected(f"it is Camshaft {version}, which takes over by protocol {protocol}, not {PROTOCOL}")
                log.warning("process %d (Camshaft %s) begins to take this node over", asking.pid, version)
                asking.send(Listens(self._node.host, self._node.port))
            case Behind():
                self._make_room()
            case Take() if self._node.snapshotter.writing is not None:
                asking.send(NotNow(_SNAPSHOT_S))
            case Take(behind_s=behind_s) if behind_s > _NEAR_S and self._asked_count < _MOST_ASKED:
                self._asked_count += 1
                self._make_room()
                asking.send(NotNow(0.0))
            case Take():
                self._loop.remove_reader(asking)
                self._task = self._loop.create_task(self._hand_over(asking))
                self._task.add_done_callback(self._ended)
            case Refused(reason=reason):
                raise Rejected(reason)
            case _:
                raise Rejected(f"a {type(message).__name__} came where none was due")

    def _make_room(self) -> None:
        """Let the other process have more of the machine, each time that it is needed, until it has come near."""
        self._pause_s = min(2 * self._pause_s or _LEAST_PAUSE_S, _MOST_PAUSE_S)
        if self._pause is None:
            self._pause = self._loop.call_later(_WORK_S, self._rest)

    def _rest(self) -> None:
        # Not a timer that lets other callbacks run: what the other process needs is a processor.
        time.sleep(self._pause_s)
        self._pause = self._loop.call_later(_WORK_S, self._rest)

    def _work_again(self) -> None:
        self._asked_count, self._pause_s = 0, 0.0
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _given_up(self, error: BaseException) -> None:
        assert self._channel is not None
        reason = "it has ended" if isinstance(error, EOFError) else error
        log.warning("process %d does not take this node over: %s; this node goes on", self._channel.pid, reason)
        self._end(Refused(f"the node goes on as it was: {reason}"))

    def _end(self, last: Refused) -> None:
        assert self._channel is not None
        self._loop.remove_reader(self._channel)
        self._work_again()
        try:
            self._channel.send(last)
        except OSError as error:
            log.info("process %d did not hear of it: %s", self._channel.pid, error)
        self._channel.close()
        self._channel = None
        self._node.snapshotter.is_held = False

    # ---- while it stands still --------------------------------------------------------------------------------------

    async def _hand_over(self, heir: Channel) -> None:
        node = self._node
        self._work_again()
        since_s = time.monotonic()
        node.turns.stand_still()
        for client in list(node.clients.connected.values()):
            client.flush()
            client.stand_still()
        # What is owed to clients leaves in the second half of a round of the loop.
        for _ in range(2):
            await asyncio.sleep(0)
        lock: DirectoryLock | None = None
        try:
            if node.is_stopping:
                raise Rejected("it was stopped")
            lock = self._journal.suspend()
            passed = self._exchange(heir, lock, since_s)
        except _LOST as error:
            if lock is not None:
                self._journal.resume()
            for client in list(node.clients.connected.values()):
                client.move_on()
            node.turns.move_on()
            self._given_up(error)
            return
        node.handed_over(heir.pid)
        notify(f"MAINPID={heir.pid}")
        for client in passed:
            client.abort()
        await self._pass_the_slow(heir)
        heir.close()
        self._channel = None
        node.request_stop()

    def _exchange(self, heir: Channel, lock: DirectoryLock, since_s: float) -> list[Connection]:
        """Hand over everything, and give the clients that were passed, once it is the other process's.

        Nothing else happens in this process meanwhile. Raises what `_LOST` has where it stays this one's.
        """
        node = self._node
        heir.wait_for(self._patience_s)
        ready = [(client, found) for client in node.clients.connected.values() if (found := client.stand_still())]
        estate = Estate(self._journal.next_position, node.clients.accepted, len(ready), since_s)
        heir.send(estate, [lock.fileno(), *node.listening])
        _send_clients(heir, [(recorded(client), found.fileno()) for client, found in ready])
        _expect(Taken, heir)
        heir.send(Yours())
        heir.wait_for(None)
        _expect(Mine, heir)
        return [client for client, _ in ready]

    # ---- afterwards -------------------------------------------------------------------------------------------------

    async def _pass_the_slow(self, heir: Channel) -> None:
        """Pass the clients that were still reading what they are owed, and those that came at the last moment."""
        connected = self._node.clients.connected
        until_s = time.monotonic() + _SLOW_S
        heir.wait_for(_WORD_S)
        # A client that was accepted in the last round of the loop is connected in the next one.
        for _ in range(2):
            await asyncio.sleep(0)
        while connected and time.monotonic() < until_s and not self._node.is_stopping:
            for client in list(connected.values()):
                found = client.stand_still()
                if found is None:
                    continue
                try:
                    _send_clients(heir, [(recorded(client), found.fileno())])
                except OSError as error:
                    log.warning("a client could not be passed on: %s", error)
                client.abort()
            await asyncio.sleep(_LOOK_S)
        for client in list(connected.values()):
            client.abort()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        fault = task.exception()
        if fault is not None:
            self._node.turns.end_by(fault)


def _expect(kind: type[Taken | Mine], heir: Channel) -> None:
    message, files = heir.receive()
    for each in files:
        os.close(each)
    match message:
        case Refused(reason=reason):
            raise Rejected(reason)
        case _ if not isinstance(message, kind):
            raise Rejected(f"a {type(message).__name__} came where a {kind.__name__} was due")


def _send_clients(heir: Channel, clients: Iterable[tuple[ClientRecord, int]]) -> None:
    """Send clients with their sockets, as many at a time as the kernel takes and memory should."""
    records: list[ClientRecord] = []
    files: list[int] = []
    size = 0
    for record, file in clients:
        records.append(record)
        files.append(file)
        size += len(record.rest) + sum(map(_size, record.queue))
        if len(files) == MOST_FILES or size >= _AT_ONCE_BYTES:
            heir.send(Passed(records), files)
            records, files, size = [], [], 0
    if files:
        heir.send(Passed(records), files)


def _size(words: list[bytes] | None) -> int:
    return sum(map(len, words or ()))
