"""A peer on a real socket that plays a script: for what a node never does on purpose, such as going silent."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

GREETING = b"%1\r\n$5\r\nproto\r\n:3\r\n"


class Last(bytes):
    """An answer after which the peer hangs up."""


@dataclass
class Peer:
    """Where the peer listens, the connections that it has taken, what was received, and whether anything was."""

    port: int
    connections: list[socket.socket] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    heard: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def scripted(*scripts: Sequence[bytes | None], piece_bytes: int = 1 << 16) -> Iterator[Peer]:
    """A peer whose n-th connection plays the n-th script, then stays open in silence.

    Each element is the answer to the next thing received, written in pieces of a size; None hangs up instead.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    peer = Peer(listener.getsockname()[1])

    def play() -> None:
        for script in scripts:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            peer.connections.append(connection)
            for answer in script:
                received = connection.recv(1 << 16)
                if not received:
                    break
                peer.received.append(received)
                peer.heard.set()
                if answer is None:
                    connection.close()
                    break
                for start in range(0, len(answer), piece_bytes):
                    connection.sendall(answer[start : start + piece_bytes])
                if isinstance(answer, Last):
                    connection.close()
                    break

    player = threading.Thread(target=play)
    player.start()
    try:
        yield peer
    finally:
        # An accept or a read that still waits ends with its socket.
        for open_socket in (listener, *peer.connections):
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
            open_socket.close()
        player.join()


def free_port() -> int:
    """A port on which nobody listened a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
