"""The processes of the demo: a node on a data directory, and clients that pay without pause."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from camshaft.cli.demo_ledger import Report
from camshaft.client.connection import Connection
from camshaft.client.endpoint import Endpoint
from camshaft.errors import CamshaftError

START_TIMEOUT_S: Final = 60.0
END_TIMEOUT_S: Final = 60.0
_ASK_EVERY_S: Final = 0.01


class DemoFailed(Exception):
    """The demo cannot go on, or what it shows is not true; the message says what happened."""


class NodeProcess:
    """`camshaft serve` as a process of its own, which can be killed and started again with the same arguments."""

    def __init__(self, machine: Path, directory: Path, *options: str) -> None:
        self.endpoint = Endpoint("127.0.0.1", _free_port())
        self._command = [
            *(sys.executable, "-m", "camshaft", "serve", str(machine)),
            *("--data", str(directory / "data"), "--port", str(self.endpoint.port), *options),
        ]
        self._log = directory / "node.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the node that runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the node and wait until it answers. Raises DemoFailed."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter, with arguments made here
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None:
                raise DemoFailed(f"the node ended with exit code {self._process.returncode}:\n{self.log()}")
            if time.monotonic() > deadline:
                raise DemoFailed(f"the node did not answer within {START_TIMEOUT_S:g} s:\n{self.log()}")
            time.sleep(_ASK_EVERY_S)

    def kill(self) -> None:
        """Send SIGKILL, and wait until the process is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Send SIGTERM, and wait for a clean end. Raises DemoFailed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise DemoFailed(f"the node did not stop within {END_TIMEOUT_S:g} s of SIGTERM:\n{self.log()}") from None
        if code != 0:
            raise DemoFailed(f"the node ended with exit code {code} on SIGTERM:\n{self.log()}")

    def wait(self, timeout_s: float) -> int:
        """Wait until the node ends by itself; its exit code. Raises DemoFailed where it does not."""
        assert self._process is not None
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise DemoFailed(f"the node did not end within {timeout_s:g} s:\n{self.log()}") from None

    def discard(self) -> None:
        """End whatever still runs, in any way."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def log(self) -> str:
        """The end of what the node printed."""
        return self._log.read_text(errors="replace")[-4_000:]

    def _answers(self) -> bool:
        try:
            with Connection(self.endpoint) as connection:
                connection.command("PING")
        except CamshaftError:
            return False
        return True


class ClientProcess:
    """A client as a process of its own. `accepted` follows its progress while it runs."""

    def __init__(self, kind: str, node: Endpoint, customer: str, directory: Path) -> None:
        self.kind = kind
        self.customer = customer
        self.accepted = 0
        self._log = directory / f"{customer}.log"
        self._last_line = b""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # as above
                [sys.executable, "-m", "camshaft.cli.demo_client", kind, node.host, str(node.port), customer],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def check(self) -> None:
        """Raise DemoFailed where the client has ended before it was told to."""
        if self._process.poll() is not None:
            raise DemoFailed(f"the client {self.customer} ended on its own:\n{self._log.read_text()[-4_000:]}")

    def finish(self, spans: Sequence[tuple[float, float]]) -> Report:
        """Tell the client to end, and take its report. Raises DemoFailed."""
        self.check()
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(spans) + b"\n")
        self._process.stdin.close()
        try:
            self._process.wait(END_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            raise DemoFailed(f"the client {self.customer} did not end within {END_TIMEOUT_S:g} s") from None
        self._reading.join()
        if self._process.returncode != 0:
            raise DemoFailed(f"the client {self.customer} failed:\n{self._log.read_text()[-4_000:]}")
        return msgspec.json.decode(self._last_line, type=Report)

    def discard(self) -> None:
        """End whatever still runs, in any way."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._last_line = line
            if not line.startswith(b"{"):
                self.accepted = int(line)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
