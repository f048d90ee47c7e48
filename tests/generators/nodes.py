"""Real nodes in processes of their own, and the command line as a user runs it."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CAMSHAFT = str(Path(sys.executable).with_name("camshaft"))
_DEADLINE_S = 60
_READY = re.compile(r"127\.0\.0\.1:(\d+)")


class NodeProcess:
    """`camshaft serve` in a process of its own. It is ready when the constructor returns."""

    def __init__(self, *arguments: str | Path, data: Path, port: int = 0) -> None:
        command = [CAMSHAFT, "serve", *map(str, arguments), "--data", str(data), "--port", str(port)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment()
        )
        self.said: list[str] = []
        """The lines that it has printed, as far as they were read."""
        self.port = self._read_port()

    def _read_port(self) -> int:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            ready = _READY.search(line)
            if ready:
                return int(ready[1])
        raise AssertionError(f"the node ended with code {self.process.wait()} and said {self.said}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self._finish()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and give its exit code; what it printed last is in `said`."""
        self.process.send_signal(number)
        return self._finish()

    def _finish(self) -> int:
        output, _ = self.process.communicate(timeout=_DEADLINE_S)
        self.said += output.splitlines()
        return self.process.returncode

    def camshaft(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a client command against this node."""
        return camshaft(*arguments, "--port", str(self.port))

    def answer(self, *arguments: str | Path) -> str:
        """What a client command that succeeds prints on stdout."""
        done = self.camshaft(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def serving(*arguments: str | Path, data: Path, port: int = 0) -> Iterator[NodeProcess]:
    """A node that ends with the block, if it has not ended by then."""
    node = NodeProcess(*arguments, data=data, port=port)
    try:
        yield node
    finally:
        if node.process.returncode is None:
            node.kill()


def camshaft(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does, without a terminal."""
    return subprocess.run(
        [CAMSHAFT, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_DEADLINE_S,
        check=False,
        env=environment(),
    )


def on_a_terminal(node: NodeProcess, answer: bytes, *arguments: str | Path) -> int:
    """The exit code of a client command whose user types this answer at its question."""
    ours, theirs = pty.openpty()
    try:
        command = [CAMSHAFT, *map(str, arguments), "--port", str(node.port)]
        process = subprocess.Popen(
            command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment()
        )
        os.write(ours, answer)
        return process.wait(timeout=_DEADLINE_S)
    finally:
        os.close(ours)
        os.close(theirs)


def environment() -> dict[str, str]:
    """The environment of a command: the test's, where lines come out at once and nothing is coloured."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "200"}
