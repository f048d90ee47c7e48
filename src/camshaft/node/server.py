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
import signal
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Final

import uvloop

from camshaft.errors import Rejected
from camshaft.journal.snapshots import DEFAULT_POLICY, SnapshotPolicy
from camshaft.node.calls import Calls
from camshaft.node.connection import Clients
from camshaft.node.context import Context
from camshaft.node.limits import DEFAULT_LIMITS, Limits, connections_possible
from camshaft.node.rates import EVERY_S
from camshaft.node.snapshotter import Snapshotter
from camshaft.node.trace import Trace
from camshaft.node.turns import Turns
from camshaft.runtime.replica import Replica

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
    ) -> None:
        """Port 0 is any that is free; `port` says which, once the node has started."""
        self.replica = replica
        self.host = host
        self.port = port
        self.limits = limits
        self.trace = trace
        self._policy = snapshots
        self.ended: asyncio.Future[None]
        """Done when the node is asked to stop, or a fault has stopped it: `stop` is to be called then."""
        self._turns: Turns
        self._snapshotter: Snapshotter
        self._clients: Clients
        self._listener: asyncio.Server | None = None
        self._idle_check: asyncio.TimerHandle | None = None
        self._rate_check: asyncio.TimerHandle

    async def start(self) -> None:
        """Listen. Raises Rejected where the address cannot be had."""
        loop = asyncio.get_running_loop()
        self.ended = loop.create_future()
        self._turns = turns = Turns(loop, self.request_stop)
        capacity = connections_possible(self.limits)
        if capacity < self.limits.connections:
            log.warning("the limit of open files leaves room for %d clients, not %d", capacity, self.limits.connections)
        self._clients = Clients(self.limits, capacity, turns.wake)
        self._snapshotter = snapshotter = Snapshotter(loop, self.replica, self._policy)
        turns.context = context = Context(
            self.replica, Calls(self.replica.engine), self._clients, self.limits, self.trace, snapshotter, turns.settle
        )
        try:
            self._listener = await loop.create_server(
                self._clients.connection, self.host, self.port, backlog=_BACKLOG, reuse_address=True
            )
        except OSError as error:
            raise _cannot_listen(self.host, self.port, error) from error
        self.port = self._listener.sockets[0].getsockname()[1]
        context.host, context.port = self.host, self.port
        self._check_idle(loop)
        self._check_rate(loop)
        turns.work()
        snapshotter.start()

    async def stop(self) -> None:
        """Accept nobody, run and answer what was received, and close the connections.

        Raises the fault that ended the node, once everything is closed.
        """
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._idle_check is not None:
            self._idle_check.cancel()
        self._rate_check.cancel()
        self._snapshotter.stop()
        self.request_stop()
        self._turns.finish()
        connected = self._clients.connected
        for connection in list(connected.values()):
            if self._turns.fault is None:
                connection.end()
            else:
                connection.abort()
        await asyncio.wait([self._clients.all_left()], timeout=_FAREWELL_S)
        for connection in list(connected.values()):
            connection.abort()
        if self._turns.fault is not None:
            raise self._turns.fault

    def request_stop(self) -> None:
        """Let `ended` be done. The node goes on until `stop` is called."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _check_rate(self, loop: asyncio.AbstractEventLoop) -> None:
        context = self._turns.context
        context.rate.saw(loop.time(), context.figures.commands)
        self._rate_check = loop.call_later(EVERY_S, self._check_rate, loop)

    def _check_idle(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.limits.idle_s > 0:
            if self._idle_check is not None:
                self._clients.close_idle()
            self._idle_check = loop.call_later(self.limits.idle_s, self._check_idle, loop)


def run_node(
    replica: Replica,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    limits: Limits = DEFAULT_LIMITS,
    trace: Trace | None = None,
    snapshots: SnapshotPolicy = DEFAULT_POLICY,
    ready: Callable[[str], None],
) -> None:
    """Run a node until SIGTERM or SIGINT, then end it cleanly and close the replica, whose journal is recovered.

    `ready` is called once with a line for people when clients can connect. Raises Rejected where the address cannot be
    had, and whatever ended the node: a failed journal, or a fault.
    """

    async def live() -> None:
        server = NodeServer(replica, host, port, limits, trace, snapshots)
        loop = asyncio.get_running_loop()
        await server.start()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.request_stop)
        ready(_ready_line(server))
        await server.ended
        await server.stop()

    try:
        # What was recovered stays for as long as the node runs, and holds no cycles: the collector need not look.
        gc.freeze()
        # Nor at what has lived for long since then: going through a map of a million entries takes 50 ms and more.
        young, older, _ = gc.get_threshold()
        gc.set_threshold(young, older, _NEVER)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(live())
    finally:
        gc.unfreeze()
        replica.close()


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
    ) -> None:
        self._server = NodeServer(replica, host, port, limits, trace, snapshots)
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


def _ready_line(server: NodeServer) -> str:
    machines = ", ".join(server.replica.engine.machines) or "no machine yet"
    return f"camshaft node on {server.host}:{server.port}, serving {machines}"


def _cannot_listen(host: str, port: int, error: OSError) -> Rejected:
    where = f"{host}:{port}"
    match error.errno:
        case errno.EADDRINUSE:
            return Rejected(f"port {port} on {host} is in use by another process: stop it, or choose another port")
        case errno.EACCES:
            return Rejected(f"this user may not listen on {where}: choose a port above 1023")
        case errno.EADDRNOTAVAIL:
            return Rejected(f"{host} is not an address of this machine, so the node cannot listen on {where}")
        case _:
            return Rejected(f"the node cannot listen on {where}: {error}")
