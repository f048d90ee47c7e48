"""What one node grants its clients: sizes, counts and times, each of which ends in a clear error and never in a crash.

Nothing here is part of what a journal means: two nodes with other limits still agree on every state.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import Final

_OWN_DESCRIPTORS: Final = 64
"""File descriptors kept for the journal, the listening socket and the process itself."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a node. The defaults suit a machine with a few gigabytes of memory."""

    frame_bytes: int = 17 * 1024 * 1024
    """The largest command, in bytes. An upgrade may hold two programs of 8 MiB."""
    incomplete_bytes: int = 256 * 1024 * 1024
    """The most bytes of commands of all clients that wait for their ends to arrive. They take twice the memory: as
    they came, and parsed."""
    arguments: int = 10_000
    """The most words of one command, its name included."""
    inline_bytes: int = 16 * 1024
    """The longest command typed as a line of text, in bytes."""
    connections: int = 10_000
    """The most clients connected at the same time."""
    output_bytes: int = 64 * 1024 * 1024
    """The most bytes of replies that wait for one client to read them; a slower client is cut off."""
    owed_bytes: int = 512 * 1024 * 1024
    """The most bytes of replies that wait for all clients; with more, those that are owed most are cut off."""
    reply_bytes: int = 32 * 1024 * 1024
    """The largest single reply, in bytes."""
    pending: int = 100_000
    """The most commands of all clients that wait to be run; more are answered BUSY."""
    pending_per_connection: int = 1_000
    """With more commands than this waiting, a connection is not read from until they have run."""
    pending_bytes: int = 256 * 1024 * 1024
    """The most bytes of commands of all clients that wait to be run, small ones aside; more are answered BUSY."""
    pending_bytes_per_connection: int = 1024 * 1024
    """With more bytes than this waiting, a connection is not read from until they have run."""
    preparing: int = 32
    """The most plans and upgrades that are being prepared at the same time; more are answered BUSY."""
    turn: int = 4_000
    """The most commands that are run in one turn of the event loop, so that sockets are served in between."""
    stop_s: float = 5.0
    """Seconds that a stopping node goes on running what it received. What is left then is not run, nor answered."""
    idle_s: float = 0.0
    """Seconds after which a silent client is disconnected; 0 is never."""


DEFAULT_LIMITS: Final = Limits()


def connections_possible(limits: Limits) -> int:
    """How many clients the operating system lets this process hold, at most what the limits allow.

    Raises the process's own (soft) limit of open files as far as that is needed and permitted.
    """
    wanted = limits.connections + _OWN_DESCRIPTORS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return limits.connections
    return max(1, min(limits.connections, soft - _OWN_DESCRIPTORS))
