"""A blocking connection to a node: commands out, replies in, over RESP3.

It knows the wire and no machine: `proxy` gives calls their types. A connection is made when it is first needed, and
made anew at the next command after it was lost. A command is sent a second time only where the caller says that this is
safe: it changes nothing, a node knows it again by an id in it, or it is a call, which then travels with a key (ONCE).

A connection serves one thread at a time; a lock makes others wait.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final

import hiredis

from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Disconnected, Unreachable, disconnected, error_of, lost, no_answer, unreachable
from camshaft.client.retries import Patience, keys
from camshaft.errors import CamshaftError, Rejected

Argument = str | bytes | int
Command = Sequence[Argument]


@dataclass(frozen=True, slots=True)
class Introduction:
    """A command by which a client says what it was made for, once a connection: of what, and the command itself."""

    of: str
    command: tuple[Argument, ...]


_Sent = tuple[Introduction | None, Command]

CONNECT_TIMEOUT_S: Final = 5.0
ANSWER_TIMEOUT_S: Final = 30.0
_LEAST_WAIT_S: Final = 0.001
"""What a socket is given to wait at least: zero would mean not to wait, which is another thing."""
_READ_BYTES: Final = 1 << 16
_PIPELINE_WINDOW: Final = 512
"""The most commands in flight: with more, both sides could wait on full buffers, each for the other to read."""
NOTHING_YET: Final = object()
"""What a reader gives while a reply is not complete; hiredis would give False, which is also a reply."""


class Connection:
    """A connection to the node at an endpoint. Closing it is final; losing it is not."""

    def __init__(self, endpoint: Endpoint, timeout_s: float = ANSWER_TIMEOUT_S, *, retry: bool = True) -> None:
        """`retry`: whether what may be sent again is, where the connection was lost, for as long as an answer may take.

        Where no connection was ever made, nothing is tried again: there may be no node at all.
        """
        self.endpoint = endpoint
        self.timeout_s = timeout_s
        self.retry = retry
        self.key = keys()
        """Gives a key for a call."""
        self._socket: socket.socket | None = None
        self._reader = reply_reader()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self.tell: Callable[[str], None] | None = None
        """Is told, in words for people, that the connection was lost and what is done about it."""
        self._was_made = False
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

    def repeatable(self, *arguments: Argument) -> Any:
        """As `command`, for one that may be sent again."""
        (reply,) = self._in_windows([(None, arguments)], retry=self.retry)
        if isinstance(reply, CamshaftError):
            raise reply
        return reply

    def commands(self, commands: Sequence[Command]) -> list[Any]:
        """The replies to several commands, sent without waiting in between; an error reply is an exception in the list.

        Raises those of `failures`.
        """
        return self._in_windows([(None, command) for command in commands], retry=False)

    def calls(self, commands: Sequence[tuple[Introduction | None, Command]]) -> list[Any]:
        """The replies to calls, each after what says whom it comes from, which is sent where it was not the last of its
        kind. A connection that is made anew has said nothing yet.

        Those that were not answered when the connection was lost are sent again, in their order, and run once.
        """
        if self.retry:
            commands = [(whom, ("ONCE", self.key(), *command)) for whom, command in commands]
        return self._in_windows(commands, retry=self.retry)

    def introduce(self, introduction: Introduction) -> Any:
        """Say whom what follows comes from; the reply, or the exception that an error reply stands for."""
        with self._lock:
            (reply,) = self._answers([(None, introduction.command)], retry=self.retry)
            self._said[introduction.of] = introduction
        if isinstance(reply, CamshaftError):
            raise reply
        return reply

    def close(self) -> None:
        """End the connection for good."""
        self._closing.set()
        with self._lock:
            self._drop()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _in_windows(self, commands: Sequence[_Sent], *, retry: bool) -> list[Any]:
        with self._lock:
            replies: list[Any] = []
            for start in range(0, len(commands), _PIPELINE_WINDOW):
                replies += self._answers(commands[start : start + _PIPELINE_WINDOW], retry=retry)
            return replies

    def _answers(self, commands: Sequence[_Sent], *, retry: bool) -> list[Any]:
        replies: list[Any] = []
        if not retry:
            self._exchange(commands, replies)
            return replies
        patience = Patience(self.timeout_s)
        doubt = told = False
        while len(replies) < len(commands):
            answered = len(replies)
            try:
                self._exchange(commands[answered:], replies, patience)
            except (Unreachable, Disconnected) as failure:
                doubt = doubt or isinstance(failure, Disconnected)
                if len(replies) > answered:
                    patience.renew()
                pause_s = patience.pause_s() if self._was_made else None
                if pause_s is not None and self.tell is not None and not told:
                    told = True
                    self.tell(
                        f"the connection to {self.endpoint} was lost: trying again for up to {self.timeout_s:g} s"
                    )
                if pause_s is None or self._closing.wait(pause_s):
                    if not doubt or not self._was_made:
                        raise
                    raise lost(self.endpoint, self.timeout_s, shown(commands[len(replies) :])) from None
        return replies

    def _exchange(self, commands: Sequence[_Sent], replies: list[Any], patience: Patience | None = None) -> None:
        """Send commands, and add their replies as they come."""
        live = self._live_socket(CONNECT_TIMEOUT_S if patience is None else min(CONNECT_TIMEOUT_S, patience.left_s))
        try:
            live.settimeout(self.timeout_s if patience is None else max(patience.left_s, _LEAST_WAIT_S))
            sent, are_introductions = [], []
            for introduction, command in commands:
                if introduction is not None and self._said.get(introduction.of) != introduction:
                    self._said[introduction.of] = introduction
                    sent.append(packed(introduction.command))
                    are_introductions.append(True)
                sent.append(packed(command))
                are_introductions.append(False)
            live.sendall(b"".join(sent))
            for is_said in are_introductions:
                reply = self._next_reply(live)
                if not is_said:
                    replies.append(reply)
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

    def _live_socket(self, connect_s: float) -> socket.socket:
        if self._closing.is_set():
            raise Rejected(f"this connection to {self.endpoint} is closed")
        if self._socket is not None and _is_readable(self._socket):
            # Nothing is owed, so what there is to read is the end: the node has gone since the last command.
            self._drop()
        if self._socket is None:
            self._connect(max(connect_s, _LEAST_WAIT_S))
        assert self._socket is not None
        return self._socket

    def _connect(self, within_s: float) -> None:
        try:
            opened = socket.create_connection((self.endpoint.host, self.endpoint.port), within_s)
        except OSError as error:
            raise unreachable(self.endpoint, error.strerror or str(error)) from None
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.settimeout(self.timeout_s)
        self._socket = opened
        self._reader = reply_reader()
        self._said = {}
        greeting: list[Any] = []
        self._exchange([(None, ("HELLO", "3"))], greeting)
        if isinstance(greeting[0], CamshaftError):
            self._drop()
            raise greeting[0]
        self._was_made = True

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def shown(commands: Sequence[_Sent]) -> str:
    """Calls in a few words: the first of them, and how many there are."""
    words = [str(word) for word in commands[0][1]]
    first = " ".join(words[2:5] if words[0] == "ONCE" else words[:3])[:200]
    return f"`{first}`" if len(commands) == 1 else f"`{first}`, or any of the {len(commands) - 1} after it,"


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
