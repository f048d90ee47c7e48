"""The new process of a takeover: it becomes the node in place of one that runs, which goes on serving meanwhile.

It reads the newest snapshot and the journal, which the other one goes on writing, until little is missing; asks for the
node; folds the last entries; and then owns the journal, the listening sockets and the clients. Whatever fails before
that fails here alone.

Rule: before `Mine` was sent, or the other process has ended, this one writes nothing to the journal, and nothing to any
client. Decision 34.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from camshaft.errors import Rejected
from camshaft.journal.directory import DirectoryLock
from camshaft.journal.journal import Journal, JournalFailed
from camshaft.node import channel
from camshaft.node.channel import (
    PROTOCOL,
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
from camshaft.node.client_record import ClientRecord
from camshaft.node.session import VERSION
from camshaft.runtime.replica import Replica

_ANSWER_S: Final = 30.0
"""For how long the other process may be busy before it answers."""
_BEHIND_S: Final = 0.1
"""How often the other process is told that this one is still folding what is missing."""
_END_S: Final = 10.0
"""For how long a process that says nothing any more may take to end."""


class NobodyThere(Rejected):
    """No process has a node that could be taken over."""


class Ended(Rejected):
    """The other process has ended before it has handed anything over: recovery goes on as after a crash."""


@dataclass(slots=True)
class Inheritance:
    """What another process has handed over, beside the directory."""

    channel: Channel
    """Over which the slow clients follow, as long as it is open."""
    pid: int
    position: int
    accepted: int
    since_s: float
    lock: DirectoryLock
    listening: list[socket.socket]
    clients: list[tuple[ClientRecord, socket.socket]] = field(default_factory=list)

    def close(self) -> None:
        """Let go of everything."""
        self.channel.close()
        self.lock.release()
        for each in self.listening:
            each.close()
        for _, connected in self.clients:
            connected.close()


class Predecessor:
    """The process whose node is to be taken over."""

    def __init__(self, directory: Path, host: str, port: int) -> None:
        """Find the process that runs a node on a data directory, and tell it what is about to happen.

        The node is to listen where it listens already; port 0 is wherever that is. Raises `NobodyThere`, or `Rejected`
        where it cannot be taken over.
        """
        self._channel = _found(directory)
        self.pid = self._channel.pid
        try:
            self._process = os.pidfd_open(self.pid)
        except OSError as error:
            self._channel.close()
            raise Rejected(f"the process that runs a node on {directory} cannot be seen: {error.strerror}") from error
        try:
            self._greet(host, port)
        except BaseException:
            self.close()
            raise

    def _greet(self, host: str, port: int) -> None:
        self._say(Hello(PROTOCOL, VERSION))
        hello = self._hear()
        if not isinstance(hello, Hello) or hello.protocol != PROTOCOL:
            spoken = f"protocol {hello.protocol} (Camshaft {hello.version})" if isinstance(hello, Hello) else "none"
            raise Rejected(
                f"the node (pid {self.pid}) hands over by {spoken}, and Camshaft {VERSION} takes over by protocol "
                f"{PROTOCOL}. Stop that node with SIGTERM and start this one without --takeover"
            )
        listens = self._hear()
        if not isinstance(listens, Listens):
            raise _unexpected(listens)
        if listens.host != host or port not in {0, listens.port}:
            raise Rejected(
                f"the node (pid {self.pid}) listens on {listens.host}:{listens.port}, not on {host}:{port}, and a "
                "takeover does not change that: give the --host and --port that it was started with"
            )

    def ask(self, replica: Replica) -> Inheritance:
        """Ask for the node, following its journal until it is given. The other process stands still from here on.

        Raises `Ended`, or `Rejected` where it is not given.
        """
        self._say(Take(self._followed_s(replica)))
        files: list[int] = []
        while isinstance(answer := self._hear(files), NotNow):
            time.sleep(answer.wait_s)
            self._say(Take(self._followed_s(replica)))
        if not isinstance(answer, Estate):
            raise _unexpected(answer)
        lock, *listening = files
        found = Inheritance(
            self._channel,
            self.pid,
            answer.position,
            answer.accepted,
            answer.since_s,
            DirectoryLock.passed(lock),
            [socket.socket(fileno=each) for each in listening],
        )
        try:
            while len(found.clients) < answer.clients:
                found.clients += passed_clients(self._hear(files := []), files)
        except BaseException:
            found.close()
            raise
        return found

    def settle(self, replica: Replica, found: Inheritance, journal: Callable[[DirectoryLock], Journal]) -> None:
        """Open the journal, fold what is missing, and become the node. `journal` opens it with the lock.

        Raises `Rejected` or `JournalFailed` where this process cannot; the other one goes on, unless it has ended.
        """
        followed = replica.journal
        try:
            replica.journal = journal(found.lock)
            followed.close()
            replica.recover()
            _check_position(replica, found)
        except (Rejected, JournalFailed) as error:
            self._say_if_there(Refused(str(error)))
            raise
        try:
            self._say(Taken())
            answer = self._hear()
            if not isinstance(answer, Yours):
                raise _unexpected(answer)
            self._say(Mine())
        except Ended:
            # It stood still when it ended, so that everything is here.
            pass
        found.lock.sign()

    def refuse(self, error: BaseException) -> None:
        """Tell the other process why its node is not taken over."""
        self._say_if_there(Refused(str(error)))

    def close(self) -> None:
        """Forget the process. What was inherited stays."""
        os.close(self._process)

    def _followed_s(self, replica: Replica) -> float:
        """Fold what was missing; how much of the processor's time it took."""
        began_s = time.process_time()
        next_s = time.monotonic() + _BEHIND_S

        def progress(_folded: int, _missing: int) -> None:
            nonlocal next_s
            if time.monotonic() > next_s:
                self._say(Behind())
                next_s = time.monotonic() + _BEHIND_S

        replica.recover(progress)
        return time.process_time() - began_s

    # ---- saying and hearing -----------------------------------------------------------------------------------------

    def _say(self, message: channel.Message) -> None:
        try:
            self._channel.send(message)
        except OSError as error:
            # What it said before it closed the channel is still there to be heard.
            self._hear_farewell()
            raise self._silence() from error

    def _say_if_there(self, message: channel.Message) -> None:
        try:
            self._channel.send(message)
        except OSError:
            return

    def _hear(self, files: list[int] | None = None) -> channel.Message:
        """The next message; its open files are added to `files`. Raises Rejected where it is a refusal."""
        try:
            message, received = self._channel.receive()
        except TimeoutError:
            raise Rejected(
                f"the node (pid {self.pid}) says nothing for {_ANSWER_S:g} s, so it was left alone"
            ) from None
        except (OSError, EOFError) as error:
            raise self._silence() from error
        if files is None:
            for each in received:
                os.close(each)
        else:
            files += received
        if isinstance(message, Refused):
            raise Rejected(f"the node (pid {self.pid}) cannot be taken over: {message.reason}")
        return message

    def _hear_farewell(self) -> None:
        try:
            self._hear()
        except Ended:
            return

    def _silence(self) -> Rejected:
        """What it means that the other process says nothing more, not even why."""
        poll = select.poll()
        poll.register(self._process, select.POLLIN)
        if poll.poll(_END_S * 1000):
            return Ended(f"the node (pid {self.pid}) has ended")
        return Rejected(f"the node (pid {self.pid}) has broken off the takeover without a word, and still runs")


def passed_clients(message: channel.Message, files: Sequence[int]) -> list[tuple[ClientRecord, socket.socket]]:
    """The clients of a message, with their sockets. Raises Rejected where it is another one."""
    if not isinstance(message, Passed) or len(message.clients) != len(files):
        raise _unexpected(message)
    return [(record, socket.socket(fileno=file)) for record, file in zip(message.clients, files, strict=True)]


def _check_position(replica: Replica, found: Inheritance) -> None:
    position = replica.engine.position
    if position != found.position:
        raise Rejected(f"the journal ends at position {position}, and the node at {found.position}")


def _unexpected(message: channel.Message) -> Rejected:
    return Rejected(f"the node has sent a {type(message).__name__} where none was due")


def _found(directory: Path) -> Channel:
    path = directory / channel.SOCKET_NAME
    try:
        found = Channel(channel.connected(directory), _ANSWER_S)
    except OSError as error:
        match error.errno:
            case errno.ENOENT | errno.ENOTDIR | errno.ECONNREFUSED:
                raise NobodyThere(f"no node runs on {directory}, or none that can be taken over") from error
            case errno.EACCES | errno.EPERM:
                raise Rejected(f"{path} belongs to another user: only the user of a node may take it over") from error
            case _:
                raise Rejected(f"the node on {directory} cannot be reached: {path}: {error.strerror}") from error
    if found.uid != os.getuid():
        found.close()
        raise Rejected(f"the node on {directory} runs as user {found.uid}: only that user may take it over")
    return found
