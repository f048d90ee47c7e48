"""The unit file of `docs/operating.md` does what the page says, by a supervisor that does what systemd does with it."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import suppress
from pathlib import Path

import pytest

from generators.nodes import CAMSHAFT, EXAMPLES, ROOT, environment

PATIENCE_S = 60


def unit() -> ConfigParser:
    """The unit file, with its continued lines as one."""
    page = (ROOT / "docs" / "operating.md").read_text()
    (text,) = re.findall(r"^```\n(\[Unit\]\n.*?)^```$", page, re.DOTALL | re.MULTILINE)
    read = ConfigParser(interpolation=None, comment_prefixes=("#", ";"))
    read.optionxform = str  # type: ignore[assignment, method-assign] # the names of a unit have capitals
    read.read_string(re.sub(r"\\\n\s*", "", text))
    return read


class Supervisor:
    """What systemd does with a unit of `Type=notify`: it is told who its process is, and runs commands."""

    def __init__(self, within: Path) -> None:
        self.machine, self._data = within / "basket.py", within / "data"
        self.machine.write_text((EXAMPLES / "counter.py").read_text())
        self._said = (within / "said").open("w")
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._told.bind(str(within / "notify"))
        self._told.settimeout(PATIENCE_S)
        self._environment = environment() | {"NOTIFY_SOCKET": str(within / "notify"), "CAMSHAFT_PORT": "0"}
        self._service = unit()["Service"]
        assert (self._service["Type"], self._service["NotifyAccess"]) == ("notify", "all")
        self._started = self._begin("ExecStart")
        self.main = self._started.pid
        # A process that has ended is there until somebody takes note of it.
        self._reaper = threading.Thread(target=self._started.wait)
        self._reaper.start()
        self.hear(f"READY=1\nMAINPID={self.main}")

    def _begin(self, which: str) -> subprocess.Popen[bytes]:
        places = {"/usr/bin/camshaft": CAMSHAFT, "/srv/basket.py": self.machine, "/var/lib/basket": self._data}
        command = self._service[which]
        for place, here in places.items():
            command = command.replace(place, str(here))
        words = [word.replace("$$", "$") for word in shlex.split(command)]
        return subprocess.Popen(words, stdout=self._said, stderr=self._said, env=self._environment)

    def hear(self, *expected: str) -> None:
        """What is told next, in any order."""
        assert {self._told.recv(1_000).decode() for _ in expected} == set(expected)

    def reload(self) -> int:
        """Run the command for that; its exit code."""
        self._environment["MAINPID"] = str(self.main)
        return self._begin("ExecReload").wait(PATIENCE_S)

    def is_told_of_another(self) -> None:
        """The old process says who is the node now, and so does that."""
        told = self._told.recv(1_000).decode(), self._told.recv(1_000).decode()
        (self.main,) = {int(each.rpartition("MAINPID=")[2]) for each in told}
        assert sorted(told) == [f"MAINPID={self.main}", f"READY=1\nMAINPID={self.main}"]

    def stop(self) -> None:
        """Stop the process, whoever began it."""
        process = os.pidfd_open(self.main)
        signal.pidfd_send_signal(process, signal.SIGTERM)
        self.hear("STOPPING=1")
        assert select.select([process], [], [], PATIENCE_S)[0]
        os.close(process)

    def close(self) -> None:
        """Leave nothing behind."""
        self._started.kill()
        with suppress(ProcessLookupError):
            os.kill(self.main, signal.SIGKILL)
        self._reaper.join()
        self._told.close()
        self._said.close()


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path)
    yield made
    made.close()


def test_a_reload_takes_the_node_over_and_one_that_fails_says_so(supervisor: Supervisor) -> None:
    first = supervisor.main
    assert supervisor.reload() == 0
    supervisor.is_told_of_another()
    assert supervisor.main != first
    supervisor.machine.write_text("no machine")
    assert supervisor.reload() != 0
    supervisor.stop()
