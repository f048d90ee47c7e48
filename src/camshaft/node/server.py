"""A node: a replica behind a listening socket.

`NodeServer` lives in a running event loop, `NodeThread` has a loop of its own beside the caller's code, and `run_node`
is the whole life of a node as a process: it listens, says that it is ready, and ends cleanly at SIGTERM or SIGINT.

What happens to a fault: one within a turn (see `turns`) ends the node, since the state in memory may no longer be the
journal's, and is raised out of `run_node`. One in the code that receives bytes concerns its client alone: the event
loop logs it and closes that connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final

import uvloop

from camshaft.errors import Rejected
from camshaft.journal.snapshots import DEFAULT_POLICY, KEEP_EVERYTHING, Retention, SnapshotPolicy
from camshaft.journal.sqlite import SqliteJournal
from camshaft.node.apart import Children
from camshaft.node.calls import Calls
from camshaft.node.channel import Channel
from camshaft.node.client_record import ClientRecord, restored
from camshaft.node.clients import Clients
from camshaft.node.context import Context
from camshaft.node.handing_over import PATIENCE_S, HandingOver
from camshaft.node.limits import DEFAULT_LIMITS, Limits, connections_possible
from camshaft.node.notifying import notify
from camshaft.node.rates import EVERY_S
from camshaft.node.snapshotter import Snapshotter
from camshaft.node.taking_over import Inheritance, passed_clients
from camshaft.node.trace import Trace
from camshaft.node.turns import Turns
from camshaft.runtime.replica import Replica
from camshaft.runtime.truncation import Truncation

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 7766
_BACKLOG: Final = 1_024
_NEVER: Final = 2**31 - 1
_FAREWELL_S: Final = 5.0
"""Seconds that a stopping node waits for clients to read what they are owed."""

log: Final = logging.getLogger(__name__)


class NodeServer:
    """A node within a running event loop. It does not close the replica, which its owner may still want to look at."""

    def __init__(
        self,
        replica: Replica,
        host: str = DEFAULT_HOST,
        port: int = DEFAULT_PORT,
        limits: Limits = DEFAULT_LIMITS,
        trace: Trace | None = None,
        snapshots: SnapshotPolicy = DEFAULT_POLICY,
        retention: Retention = KEEP_EVERYTHING,
    ) -> None:
        """Port 0 is any that is free; `port` says which, once the node has started."""
        self.replica = replica
        self.host = host
        self.port = port
        self.limits = limits
        self.trace = trace
        self._policy = snapshots
        self._truncation = Truncation(replica, retention)
        self.ended: asyncio.Future[None]
        """Done when the node is asked to stop, or a fault has stopped it: `stop` is to be called then."""
        self.turns: Turns
        self.snapshotter: Snapshotter
        self.clients: Clients
        self._listeners: list[asyncio.Server] = []
        self._adoptions: set[asyncio.Task[None]] = set()
        """Clients that come from another process, until they are here."""
        self.heir: int | None = None
        """The process that is the node by now, where this one has handed it over."""
        self._idle_check: asyncio.TimerHandle | None = None
        self._rate_check: asyncio.TimerHandle

    async def start(self, inherited: Inheritance | None = None) -> None:
        """Listen, or go on where another process has handed its node over.

        Raises Rejected where the address cannot be had.
        """
        loop = asyncio.get_running_loop()
        self.ended = loop.create_future()
        self.turns = turns = Turns(loop, self.request_stop)
        capacity = connections_possible(self.limits)
        if capacity < self.limits.connections:
            log.warning("the limit of open files leaves room for %d clients, not %d", capacity, self.limits.connections)
        self.clients = Clients(self.limits, capacity, turns.wake)
        self.snapshotter = snapshotter = Snapshotter(loop, self.replica, self._policy, self._truncation, turns.work)
        turns.context = context = Context(
            self.replica,
            Calls(self.replica.engine),
            self.clients,
            self.limits,
            self.trace,
            snapshotter,
            Children(loop, self.limits, turns.work),
            turns.settle,
        )
        if inherited is None:
            await self._listen(loop)
        else:
            await self._inherit(loop, inherited)
        self.port = self._listeners[0].sockets[0].getsockname()[1]
        context.host, context.port = self.host, self.port
        self._check_idle(loop)
        self._check_rate(loop)
        turns.work()
        snapshotter.start()

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            listener = await loop.create_server(
                self.clients.connection, self.host, self.port, backlog=_BACKLOG, reuse_address=True
            )
        except OSError as error:
            raise _cannot_listen(self.host, self.port, error) from error
        self._listeners.append(listener)

    async def _inherit(self, loop: asyncio.AbstractEventLoop, inherited: Inheritance) -> None:
        self.clients.accepted = inherited.accepted
        # All at once: the first would keep the node busy while the others wait for their turn to be here.
        await asyncio.gather(*(self._go_on_with(*client) for client in inherited.clients))
        for listening in inherited.listening:
            self._listeners.append(await loop.create_server(self.clients.connection, sock=listening, backlog=_BACKLOG))
        loop.add_reader(inherited.channel, self._followed, loop, inherited.channel)

    async def _go_on_with(self, record: ClientRecord, connected: socket.socket) -> None:
        """Serve a client that another process has served."""
        connection = restored(record, self.clients, self.turns.context.calls.announced)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: connection, connected)
        except OSError as error:
            connected.close()
            log.info("client %d has left meanwhile: %s", record.id, error)
            return
        if record.is_monitor and not connection.has_ended:
            self.clients.monitors[record.id] = connection

    def _followed(self, loop: asyncio.AbstractEventLoop, channel: Channel) -> None:
        """Clients came that had still to read what the process before this one owed them; or it has ended."""
        try:
            clients = passed_clients(*channel.receive())
        except (OSError, EOFError, Rejected):
            loop.remove_reader(channel)
            channel.close()
            return
        for client in clients:
            adoption = loop.create_task(self._go_on_with(*client))
            self._adoptions.add(adoption)
            adoption.add_done_callback(self._adoptions.discard)

    async def stop(self) -> None:
        """Accept nobody, run and answer what was received, and close the connections.

        Raises the fault that ended the node, once everything is closed.
        """
        self._accept_nobody()
        self.request_stop()
        self.turns.finish()
        connected = self.clients.connected
        for connection in list(connected.values()):
            if self.turns.fault is None:
                connection.end()
            else:
                connection.abort()
        await asyncio.wait([self.clients.all_left()], timeout=_FAREWELL_S)
        for connection in list(connected.values()):
            connection.abort()
        if self.turns.fault is not None:
            raise self.turns.fault

    def _accept_nobody(self) -> None:
        while self._listeners:
            self._listeners.pop().close()
        if self._idle_check is not None:
            self._idle_check.cancel()
        self._rate_check.cancel()
        self.snapshotter.stop()

    @property
    def listening(self) -> list[int]:
        """The listening sockets, as open files."""
        return [each.fileno() for listener in self._listeners for each in listener.sockets]

    @property
    def is_stopping(self) -> bool:
        """Whether the node was asked to stop, or a fault has stopped it."""
        return self.ended.done()

    def handed_over(self, pid: int) -> None:
        """Another process is the node by now: accept nobody, and answer nobody."""
        self._accept_nobody()
        self.heir = pid

    def request_stop(self) -> None:
        """Let `ended` be done. The node goes on until `stop` is called."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _check_rate(self, loop: asyncio.AbstractEventLoop) -> None:
        context = self.turns.context
        context.rate.saw(loop.time(), context.figures.commands)
        self._rate_check = loop.call_later(EVERY_S, self._check_rate, loop)

    def _check_idle(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.limits.idle_s > 0:
            if self._idle_check is not None:
                self.clients.close_idle()
            self._idle_check = loop.call_later(self.limits.idle_s, self._check_idle, loop)


def run_node(
    replica: Replica,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    limits: Limits = DEFAULT_LIMITS,
    trace: Trace | None = None,
    snapshots: SnapshotPolicy = DEFAULT_POLICY,
    retention: Retention = KEEP_EVERYTHING,
    ready: Callable[[str], None],
    inherited: Inheritance | None = None,
    patience_s: float = PATIENCE_S,
) -> int | None:
    """Run a node until SIGTERM or SIGINT, then end it cleanly and close the replica, whose journal is recovered; or
    until another process has taken it over: then its process id is what this returns.

    `ready` is called once with a line for people when clients can connect. For `patience_s` clients wait for another
    process that has begun to take over and does not go on. Raises Rejected where the address cannot be had, and
    whatever ended the node: a failed journal, or a fault.
    """

    async def live() -> int | None:
        server = NodeServer(replica, host, port, limits, trace, snapshots, retention)
        loop = asyncio.get_running_loop()
        await server.start(inherited)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.request_stop)
        journal = replica.journal
        handing_over = HandingOver(server, journal, patience_s) if isinstance(journal, SqliteJournal) else None
        if handing_over is not None:
            handing_over.open()
        ready(_ready_line(server, inherited))
        notify("READY=1", f"MAINPID={os.getpid()}")
        await server.ended
        if handing_over is not None:
            await handing_over.close()
        if server.heir is None:
            notify("STOPPING=1")
            await server.stop()
        return server.heir

    try:
        settle_memory()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(live())
    finally:
        gc.unfreeze()
        replica.close()


def settle_memory() -> None:
    """Keep the collector from what was recovered: it stays for as long as the node runs, and holds no cycles."""
    gc.freeze()
    # Nor need it look at what has lived for long since then: a map of a million entries takes it 50 ms and more.
    young, older, _ = gc.get_threshold()
    gc.set_threshold(young, older, _NEVER)


class NodeThread:
    """A node in a thread of its own: for tests, and for programs that have a node inside.

    While it runs, the replica belongs to that thread. Leaving the `with` block stops it and leaves the replica open.
    """

    def __init__(
        self,
        replica: Replica,
        host: str = DEFAULT_HOST,
        port: int = 0,
        limits: Limits = DEFAULT_LIMITS,
        trace: Trace | None = None,
        snapshots: SnapshotPolicy = DEFAULT_POLICY,
        retention: Retention = KEEP_EVERYTHING,
    ) -> None:
        self._server = NodeServer(replica, host, port, limits, trace, snapshots, retention)
        self._thread = threading.Thread(target=self._run, name="camshaft-node", daemon=True)
        self._has_started = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._error: BaseException | None = None

    @property
    def port(self) -> int:
        """Where the node listens."""
        return self._server.port

    def start(self) -> None:
        """Start the node, and return when clients can connect. Raises Rejected where the address cannot be had."""
        self._thread.start()
        self._has_started.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error

    def stop(self) -> None:
        """Stop the node cleanly. Raises what ended it before, if anything did."""
        # The loop is closed where a fault has ended the node already, perhaps at this very moment.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._server.request_stop)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def __enter__(self) -> NodeThread:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._live())
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits for this one
            self._error = error
        finally:
            self._has_started.set()

    async def _live(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._server.start()
        self._has_started.set()
        await self._server.ended
        await self._server.stop()


def _ready_line(server: NodeServer, inherited: Inheritance | None) -> str:
    machines = ", ".join(server.replica.engine.machines) or "no machine yet"
    line = f"camshaft node on {server.host}:{server.port}, serving {machines}"
    if inherited is None:
        return line
    waited = f"{(time.monotonic() - inherited.since_s) * 1_000:.0f} ms"
    match len(inherited.clients):
        case 0:
            told = f" within {waited}"
        case 1:
            told = f": 1 client waited {waited}"
        case many:
            told = f": {many} clients waited {waited}"
    return f"{line}, taken over from pid {inherited.pid}{told}"


def _cannot_listen(host: str, port: int, error: OSError) -> Rejected:
    where = f"{host}:{port}"
    match error.errno:
        case errno.EADDRINUSE:
            return Rejected(
                f"port {port} on {host} is in use by another process: stop it, or choose another port. If it is a node "
                "that is to be taken over, give --takeover, and --data as that node has it"
            )
        case errno.EACCES:
            return Rejected(f"this user may not listen on {where}: choose a port above 1023")
        case errno.EADDRNOTAVAIL:
            return Rejected(f"{host} is not an address of this machine, so the node cannot listen on {where}")
        case _:
            return Rejected(f"the node cannot listen on {where}: {error}")
