from __future__ import annotations

import signal
import subprocess
import sys
from importlib.metadata import version

import pytest

from generators.nodes import CAMSHAFT, camshaft, environment
from generators.peer import free_port, scripted


def test_the_version_is_the_installed_one() -> None:
    assert camshaft("--version").stdout == f"camshaft {version('camshaft')}\n"


@pytest.mark.parametrize(
    "arguments", [(), ("cal",), ("call",), ("machines", "--port", "x"), ("machines", "--prot", "1")]
)
def test_a_command_that_is_not_understood_has_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert camshaft(*arguments).returncode == 2


@pytest.mark.parametrize(
    "arguments", [("call", "counter", "incr"), ("state", "counter"), ("machines",), ("history", "counter")]
)
def test_without_a_node_every_client_command_says_how_to_start_one(arguments: tuple[str, ...]) -> None:
    port = free_port()
    done = camshaft(*arguments, "--port", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: no node answers at 127.0.0.1:{port}; start one with `camshaft serve FILE`")


def test_an_interrupt_ends_a_waiting_command_quietly() -> None:
    # The peer greets nobody, so the command waits for as long as nobody interrupts it.
    with scripted([b""]) as peer:
        waiting = subprocess.Popen(
            [CAMSHAFT, "machines", "--port", str(peer.port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        peer.heard.wait()
        waiting.send_signal(signal.SIGINT)
        output, errors = waiting.communicate(timeout=30)
    assert waiting.returncode == 130
    assert (output, errors) == ("", "")


def test_asking_a_node_imports_neither_the_compiler_nor_the_node() -> None:
    # `camshaft call` is typed in loops; what it does not need would double its time.
    program = (
        "import sys, camshaft.cli.main\n"
        "heavy = ('camshaft.language', 'camshaft.node', 'camshaft.runtime', 'rich.', 'uvloop', 'asyncio')\n"
        "print([name for name in sys.modules if name.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
