"""The session that opens the README, typed into a shell against a real node, prints what the README says."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from camshaft.client.connection import Connection
from camshaft.client.endpoint import Endpoint
from camshaft.client.failures import Unreachable

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
START_TIMEOUT_S = 30.0


def consoles() -> list[str]:
    return re.findall(r"```console\n(.*?)```", README, re.DOTALL)


def typed(line: str) -> str:
    """What is typed in a line of a session: without the prompt and the remark."""
    return line.removeprefix("$ ").split("  #")[0].rstrip()


def steps(console: str) -> list[tuple[str, str]]:
    """Each command of a session, with what it prints."""
    parts = re.split(r"^(\$ .*)\n", console, flags=re.MULTILINE)[1:]
    return [(typed(command), output) for command, output in zip(parts[::2], parts[1::2], strict=True)]


def without_ids(text: str) -> str:
    """Versions belong to the compiler; the README is about what happens to them."""
    return re.sub(r"\b[0-9a-f]{12}\b", "<version>", text)


class Shell:
    """A directory with the machines of the README, a free port, and commands that run there."""

    def __init__(self, directory: Path) -> None:
        for name in ("counter.py", "counter_v2.py", "counter_v2_from_zero.py"):
            shutil.copy(ROOT / "examples" / name, directory)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.endpoint = Endpoint("127.0.0.1", probe.getsockname()[1])
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = {**os.environ, "PATH": path, "CAMSHAFT_PORT": str(self.endpoint.port)}
        self._directory = directory

    def run(self, command: str) -> str:
        """What a command prints as its result: standard output, and the last line of standard error where it fails."""
        done = subprocess.run(
            command, shell=True, cwd=self._directory, env=self._environment, capture_output=True, text=True, input=""
        )
        if done.returncode == 0:
            return done.stdout
        assert done.returncode == 1, done.stderr
        return done.stdout + next(line for line in done.stderr.splitlines(True) if line.startswith("error: "))

    @contextmanager
    def serving(self, command: str, end: signal.Signals) -> Iterator[None]:
        """A node that runs in the background, and how it ends."""
        words = [*command.split(), "--port", str(self.endpoint.port)]
        log = self._directory / "node.log"
        with log.open("ab") as output:
            node = subprocess.Popen(
                words,
                cwd=self._directory,
                env=self._environment,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        try:
            self._wait_until_it_answers(node, log)
            yield
            node.send_signal(end)
            assert node.wait(START_TIMEOUT_S) == (0 if end is signal.SIGTERM else -end)
        finally:
            if node.poll() is None:
                node.kill()
                node.wait()

    def _wait_until_it_answers(self, node: subprocess.Popen[bytes], log: Path) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            assert node.poll() is None, log.read_text()
            try:
                with Connection(self.endpoint) as connection:
                    connection.command("PING")
            except Unreachable:
                time.sleep(0.02)  # between two questions, not in the place of one
            else:
                return
        raise AssertionError(f"the node does not answer:\n{log.read_text()}")


def test_the_session_of_the_readme_prints_what_it_says_and_survives_a_kill(tmp_path: Path) -> None:
    serve, session = (console for console in consoles() if "counter.py" in console or "counter_v2.py" in console)
    ((serve_command, _),) = steps(serve)
    shell = Shell(tmp_path)

    with shell.serving(serve_command, signal.SIGKILL):
        for command, output in steps(session):
            assert without_ids(shell.run(command)) == without_ids(output), command

    with shell.serving(serve_command, signal.SIGTERM):
        assert shell.run("camshaft call counter value") == "3\n"
        assert shell.run("camshaft state counter") == '{"old": 1, "count": 3}\n'
        shell.run("camshaft call counter incr")
        assert shell.run("camshaft call counter value") == "4\n"


def test_the_other_migration_of_the_readme_starts_the_new_counter_at_zero(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    with shell.serving("camshaft serve counter.py", signal.SIGTERM):
        shell.run("camshaft call counter incr")
        assert "1 instance migrated" in shell.run("camshaft upgrade counter_v2_from_zero.py --yes")
        assert shell.run("camshaft state counter") == '{"old": 1, "count": 0}\n'
        shell.run("camshaft call counter incr")
        shell.run("camshaft call counter incr")
        assert shell.run("camshaft state counter") == '{"old": 1, "count": 2}\n'


def test_the_options_of_the_readme_exist() -> None:
    (install,) = (console for console in consoles() if "--help" in console)
    command = next(command for command, _ in steps(install) if command.startswith("camshaft"))
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    assert "serve" in done.stdout
