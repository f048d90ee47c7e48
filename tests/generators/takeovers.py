"""Two processes of a takeover, forked from the test's: each is ready in milliseconds, and can be stopped and killed."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Program
from camshaft.cli.taking_over import take_over
from camshaft.errors import CamshaftError
from camshaft.journal.journal import Durability
from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.node.channel import Message
from camshaft.node.handing_over import PATIENCE_S
from camshaft.node.server import run_node
from camshaft.node.taking_over import Predecessor
from camshaft.runtime.replica import Replica

_DEADLINE_S = 60.0
_STANDARD = 3


_running: list[Forked] = []


class Forked:
    """A function that runs in a process of its own, and says what happens there in lines."""

    def __init__(self, life: Callable[[Forked], None]) -> None:
        self._heard, said = os.pipe()
        listened, self._told = os.pipe()
        self._rest = b""
        self._has_stopped = False
        with warnings.catch_warnings():
            # The child runs one thread, and never comes back here.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            self._heard, self._told = listened, said
            self._run(life)
        os.close(said)
        os.close(listened)
        _running.append(self)
        self.code: int | None = None
        """Its exit code, once it has ended; negative where it was killed."""

    # ---- in the process itself ---------------------------------------------------------------------------------------

    def _run(self, life: Callable[[Forked], None]) -> NoReturn:
        code = 1
        try:
            keep = sorted((self._heard, self._told))
            os.closerange(_STANDARD, keep[0])
            os.closerange(keep[0] + 1, keep[1])
            os.closerange(keep[1] + 1, os.sysconf("SC_OPEN_MAX"))
            # What it prints is said to the test, too.
            sys.stdout = sys.stderr = os.fdopen(os.dup(self._told), "w", buffering=1)
            faulthandler.register(signal.SIGUSR1, self._told)
            # The handlers that there are write to files that were closed above, and whose numbers are used anew.
            logging.root.handlers[:] = [_Saying(self)]
            life(self)
            code = 0
        except CamshaftError as error:
            self.say(f"error: {error}")
        except BaseException:  # noqa: BLE001 - nothing above this may run in the child: it is the test's
            self.say(traceback.format_exc())
        finally:
            os._exit(code)

    def say(self, line: str) -> None:
        """Say a line to the test."""
        os.write(self._told, f"{line}\n".encode())

    def stop_once(self, here: str, where: str) -> None:
        """Where this is the place, wait until the test lets this process go on; the first time only."""
        if here == where and not self._has_stopped:
            self._has_stopped = True
            self.say(f"stopped {here}")
            os.read(self._heard, 1)

    # ---- in the test -------------------------------------------------------------------------------------------------

    def hear(self, beginning: str) -> str:
        """The next line that begins so, or has it as a part; what was said before it is skipped."""
        heard = []
        for line in self.lines():
            heard.append(line)
            if beginning in line:
                return line
        raise AssertionError(f"the process ended and said {heard}, and not {beginning!r}")

    def lines(self) -> Iterator[str]:
        """What it says, until it ends."""
        until_s = time.monotonic() + _DEADLINE_S
        while True:
            while b"\n" in self._rest:
                line, self._rest = self._rest.split(b"\n", 1)
                yield line.decode()
            readable, _, _ = select.select([self._heard], [], [], max(0.0, until_s - time.monotonic()))
            if not readable:
                raise AssertionError("\n".join(["the process says nothing more", *map(Forked.where, _running)]))
            data = os.read(self._heard, 1 << 16)
            if not data:
                return
            self._rest += data

    def where(self) -> str:
        """Where it is, with what it has said and nobody has read."""
        if self.code is None:
            self.signal(signal.SIGUSR1)
            while select.select([self._heard], [], [], 1)[0] and (data := os.read(self._heard, 1 << 16)):
                self._rest += data
        return f"process {self.pid}, code {self.code}:\n{self._rest.decode()}"

    def go_on(self) -> None:
        """Let it go on where it waits."""
        os.write(self._told, b".")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        assert self.end() == -signal.SIGKILL

    def end(self) -> int:
        """Wait until it has ended; its exit code."""
        if self.code is None:
            process = os.pidfd_open(self.pid)
            try:
                ended, _, _ = select.select([process], [], [], _DEADLINE_S)
                assert ended, "the process does not end"
            finally:
                os.close(process)
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def discard(self) -> None:
        """End whatever still runs."""
        if self.code is None:
            with contextlib.suppress(ProcessLookupError):
                self.signal(signal.SIGKILL)
            self.end()
        os.close(self._heard)
        os.close(self._told)
        _running.remove(self)

    def has_been_told(self) -> bool:
        """In the process itself: whether the test has let it go on."""
        return bool(select.select([self._heard], [], [], 0)[0])


class _Saying(logging.Handler):
    def __init__(self, process: Forked) -> None:
        super().__init__()
        self._process = process

    def emit(self, record: logging.LogRecord) -> None:
        self._process.say(self.format(record))


def old(
    data: Path,
    *programs: Program,
    durability: Durability = Durability.ALWAYS,
    patience_s: float = PATIENCE_S,
    begin: Callable[[], None] = lambda: None,
) -> Forked:
    """A node that can be taken over."""

    def live(process: Forked) -> None:
        begin()
        replica = Replica(SqliteJournal(data, durability), snapshots=Snapshots(data))
        replica.recover()
        for program in programs:
            replica.deploy(encode_program(program))
        _serve(process, replica, patience_s)

    return Forked(live)


def new(
    data: Path,
    stop: str = "",
    *,
    durability: Durability = Durability.ALWAYS,
    begin: Callable[[], None] = lambda: None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Forked:
    """What takes it over. It waits where it has come to `stop`: `before Taken`, or `after Taken`, the message sent."""

    def live(process: Forked) -> None:
        begin()
        say = Predecessor._say

        def said(self: Predecessor, message: Message) -> None:
            name = type(message).__name__
            process.stop_once(f"before {name}", stop)
            process.say(f"says {name}")
            say(self, message)
            process.stop_once(f"after {name}", stop)

        Predecessor._say = said  # type: ignore[method-assign]  # only in this process, to stop it there
        taken = take_over(data, host, port, durability, lambda _: None)
        assert taken is not None, "there was nobody"
        replica, inherited = taken
        heir = run_node(replica, port=0, ready=process.say, inherited=inherited)
        if heir is not None:
            process.say(f"handed over to {heir}")

    return Forked(live)


def _serve(process: Forked, replica: Replica, patience_s: float) -> None:
    heir = run_node(replica, port=0, ready=process.say, patience_s=patience_s)
    if heir is not None:
        process.say(f"handed over to {heir}")


def port_of(ready: str) -> int:
    """Where a node listens that has said that it is ready."""
    return int(ready.split("127.0.0.1:")[1].split(",")[0])
