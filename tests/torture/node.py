"""A node in a process of its own under the shim, in a session that dies as one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from torture.shim import Failing, environment
from torture.versions import FILE

_READY: Final = re.compile(rb"127\.0\.0\.1:(\d+)")
_DEADLINE_S: Final = 600


@dataclass(frozen=True)
class Life:
    """How a node is run: with what options, under which shim."""

    data: Path
    options: tuple[str, ...] = ()
    failing: Failing | None = None
    record: Path | None = None
    clock_s: int = 0
    jumps_s: int = 0
    is_heir: bool = False
    """Whether it takes over the node that runs on the directory."""

    def environment(self) -> dict[str, str]:
        """What the shim is told."""
        made = environment(self.data, self.record, self.failing)
        made |= {"TORTURE_CLOCK_S": str(self.clock_s), "TORTURE_JUMPS_S": str(self.jumps_s)}
        return {name: value for name, value in made.items() if name.startswith("TORTURE_")}


class Nursery:
    """What forks nodes, one at a time."""

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair()
        self._channel.settimeout(_DEADLINE_S)
        made = environment(Path("/nowhere")) | {"PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "200"}
        command = [sys.executable, "-m", "torture.nursery", str(theirs.fileno())]
        self._process = subprocess.Popen(command, env=made, pass_fds=[theirs.fileno()], start_new_session=True)
        theirs.close()
        self._heard = self._channel.makefile("rb")

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._heard.close()
        self._channel.close()
        self._process.wait(_DEADLINE_S)

    def begin(self, arguments: list[str], environment_: dict[str, str], out: int, err: int) -> int:
        """Let a child run a command; its process id."""
        request = json.dumps({"arguments": arguments, "environment": environment_}).encode()
        socket.send_fds(self._channel, [request], [out, err])
        return self.hear()

    def hear(self) -> int:
        """The next number that it says: the id of a child, or the exit code of that."""
        return int(self._heard.readline())


class TorturedNode:
    """`camshaft serve` with the ledger. `port` is None where it ended before it was ready."""

    def __init__(self, nursery: Nursery, life: Life) -> None:
        self.life = life
        self._nursery = nursery
        self._said = life.data.with_name("said by the heir" if life.is_heir else "said")
        self._code: int | None = None
        arguments = ["serve", str(FILE), "--data", str(life.data), "--port", "0", *life.options]
        if life.is_heir:
            arguments.append("--takeover")
        ours, theirs = os.pipe()
        with self._said.open("wb") as said:
            self._pid = nursery.begin(arguments, life.environment(), theirs, said.fileno())
        os.close(theirs)
        self._out: IO[bytes] = os.fdopen(ours, "rb")
        self.ready = ""
        """The line by which it said that it is."""
        self.port = self._read_port()

    def _read_port(self) -> int | None:
        late = threading.Timer(_DEADLINE_S, self.kill)
        late.start()
        try:
            for line in self._out:
                ready = _READY.search(line)
                if ready:
                    self.ready = line.decode()
                    return int(ready[1])
            return None
        finally:
            late.cancel()

    @property
    def said(self) -> str:
        """What it has printed on stderr so far."""
        return self._said.read_text()

    def kill(self, *, alone: bool = False) -> None:
        """End it as a power cut would, with the children it has, or `alone`."""
        with contextlib.suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(self._pid, signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to end, if it has not ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGTERM)

    def wait(self) -> int:
        """Its exit code; it must end by itself, or have been told to."""
        if self._code is None:
            self._out.read()
            self._code = self._nursery.hear()
        return self._code

    def end(self) -> None:
        """See that nothing of it is left."""
        self.kill()
        self.wait()
        self._out.close()
