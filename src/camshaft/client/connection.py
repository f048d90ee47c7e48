"""A blocking connection to a node: commands out, replies in, over RESP3.

It knows the wire and no machine: `proxy` gives calls their types. A connection is made when it is first needed, and
made anew at the next command after it was lost. A command is never sent twice, since only the caller can know whether
that is safe.

A connection serves one thread at a time; a lock makes others wait.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import hiredis

from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import disconnected, error_of, no_answer, unreachable
from camshaft.errors import CamshaftError, Rejected

Argument = str | bytes | int
Command = Sequence[Argument]


@dataclass(frozen=True, slots=True)
class Introduction:
    """A command by which a client says what it was made for, once a connection: of what, and the command itself."""

    of: str
    command: tuple[Argument, ...]


CONNECT_TIMEOUT_S: Final = 5.0
ANSWER_TIMEOUT_S: Final = 30.0
_READ_BYTES: Final = 1 << 16
_PIPELINE_WINDOW: Final = 512
"""The most commands in flight: with more, both sides could wait on full buffers, each for the other to read."""
NOTHING_YET: Final = object()
"""What a reader gives while a reply is not complete; hiredis would give False, which is also a reply."""


class Connection:
    """A connection to the node at an endpoint. Closing it is final; losing it is not."""

    def __init__(self, endpoint: Endpoint, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self.endpoint = endpoint
        self.timeout_s = timeout_s
        self._socket: socket.socket | None = None
        self._reader = reply_reader()
        self._lock = threading.Lock()
        self._closed = False
        self._said: dict[str, Introduction] = {}
        """What was last said on this socket, by what it is of."""

    def command(self, *arguments: Argument) -> Any:
        """The reply to one command: None, bool, int, str, list or dict of these.

        Raises the exception that an error reply stands for, and those of `failures`.
        """
        (reply,) = self.commands([arguments])
        if isinstance(reply, CamshaftError):
            raise reply
        return reply

    def commands(self, commands: Sequence[Command]) -> list[Any]:
        """The replies to several commands, sent without waiting in between; an error reply is an exception in the list.

        Raises those of `failures`.
        """
        return self.introduced([(None, command) for command in commands])

    def introduced(self, commands: Sequence[tuple[Introduction | None, Command]]) -> list[Any]:
        """As `commands`, each after what says whom it comes from, which is sent where it was not the last of its kind.

        A connection that is made anew has said nothing yet.
        """
        with self._lock:
            replies: list[Any] = []
            for start in range(0, len(commands), _PIPELINE_WINDOW):
                replies += self._exchange(commands[start : start + _PIPELINE_WINDOW])
            return replies

    def introduce(self, introduction: Introduction) -> Any:
        """Say whom what follows comes from; the reply, or the exception that an error reply stands for."""
        with self._lock:
            (reply,) = self._exchange([(None, introduction.command)])
            self._said[introduction.of] = introduction
        if isinstance(reply, CamshaftError):
            raise reply
        return reply

    def close(self) -> None:
        """End the connection for good."""
        with self._lock:
            self._closed = True
            self._drop()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _exchange(self, commands: Sequence[tuple[Introduction | None, Command]]) -> list[Any]:
        live = self._live_socket()
        try:
            sent, are_introductions = [], []
            for introduction, command in commands:
                if introduction is not None and self._said.get(introduction.of) != introduction:
                    self._said[introduction.of] = introduction
                    sent.append(packed(introduction.command))
                    are_introductions.append(True)
                sent.append(packed(command))
                are_introductions.append(False)
            live.sendall(b"".join(sent))
            replies = [self._next_reply(live) for _ in sent]
            return [reply for reply, is_said in zip(replies, are_introductions, strict=True) if not is_said]
        except TimeoutError:
            self._drop()
            raise no_answer(self.endpoint, self.timeout_s) from None
        except OSError:
            self._drop()
            raise disconnected(self.endpoint) from None
        except BaseException:
            # An interrupt leaves answers owed, which the next command would take for its own.
            self._drop()
            raise

    def _next_reply(self, live: socket.socket) -> Any:
        while True:
            try:
                reply = self._reader.gets()
            except hiredis.ProtocolError as error:
                raise not_a_node(self.endpoint, error) from None
            if reply is not NOTHING_YET:
                return reply
            received = live.recv(_READ_BYTES)
            if not received:
                raise ConnectionResetError
            self._reader.feed(received)

    def _live_socket(self) -> socket.socket:
        if self._closed:
            raise Rejected(f"this connection to {self.endpoint} is closed")
        if self._socket is not None and _is_readable(self._socket):
            # Nothing is owed, so what there is to read is the end: the node has gone since the last command.
            self._drop()
        if self._socket is None:
            self._connect()
        assert self._socket is not None
        return self._socket

    def _connect(self) -> None:
        try:
            opened = socket.create_connection((self.endpoint.host, self.endpoint.port), CONNECT_TIMEOUT_S)
        except OSError as error:
            raise unreachable(self.endpoint, error.strerror or str(error)) from None
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.settimeout(self.timeout_s)
        self._socket = opened
        self._reader = reply_reader()
        self._said = {}
        greeting = self._exchange([(None, ("HELLO", "3"))])[0]
        if isinstance(greeting, CamshaftError):
            self._drop()
            raise greeting

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def reply_reader() -> hiredis.Reader:
    """A parser of replies that gives each error reply as the exception that it stands for."""
    return hiredis.Reader(replyError=error_of, notEnoughData=NOTHING_YET, encoding="utf-8", errors="surrogateescape")


def packed(command: Command) -> bytes:
    """The bytes of a command. Raises Rejected where a word is no text."""
    try:
        return _packed(command)
    except UnicodeEncodeError:
        pass
    try:
        # What a shell passes that is not UTF-8 arrives as surrogates; it is for the node to say what is wrong with it.
        return _packed([word.encode("utf-8", "surrogateescape") if isinstance(word, str) else word for word in command])
    except UnicodeEncodeError as error:
        raise Rejected(f"{error.object[:60]!r} is no text: it holds half a surrogate pair") from None


def _packed(command: Command) -> bytes:
    # hiredis declares a tuple of one element where it takes any number.
    bytes_: bytes = hiredis.pack_command(tuple(command))  # type: ignore[arg-type]
    return bytes_


def not_a_node(endpoint: Endpoint, error: Exception) -> Rejected:
    """The error for a peer that speaks something else than RESP."""
    return Rejected(f"what answers at {endpoint} is not a Camshaft node: {error}")


def _is_readable(opened: socket.socket) -> bool:
    # Not `select`, which cannot watch a descriptor above 1,023.
    poll = select.poll()
    poll.register(opened, select.POLLIN)
    return bool(poll.poll(0))
