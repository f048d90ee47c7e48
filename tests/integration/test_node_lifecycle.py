"""How a node starts, ends, and fails."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.errors import Rejected
from camshaft.journal.journal import Durability, JournalFailed, PositionConflict
from camshaft.journal.sqlite import SqliteJournal
from camshaft.node.limits import Limits
from camshaft.node.server import NodeThread
from camshaft.node.trace import Trace
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from generators.machines import counter, counter_v2, split, upgrade
from generators.wire import Wire, node, packed, replica

REFUSED = 'refused: OutOfStock {"sku":"apple","left":3}'
TRAPPED = "trap: KeyError: no entry of key 'pear'"
TESTS = Path(__file__).parents[1]
NODE = """
import sys
from camshaft.bytecode.encoding import encode_program
from camshaft.journal.sqlite import SqliteJournal
from camshaft.node.server import run_node
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from generators.machines import counter

replica = Replica(SqliteJournal(sys.argv[1]))
replica.recover()
replica.deploy(encode_program(counter()))
run_node(replica, port=int(sys.argv[2]), ready=lambda line: print(line, flush=True))
"""


def start(data: Path, port: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", NODE, str(data), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.endswith(", serving counter\n"), process.communicate()
    return int(line.split(",")[0].rsplit(":", 1)[1])


def incremented_until_the_end(wire: Wire) -> int:
    """How often the counter is incremented before the node closes the connection."""
    count = 0
    with contextlib.suppress(EOFError, ConnectionError):
        while wire.ask("CALL", "counter", "incr") is None:
            count += 1
    return count


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_node_cleanly_and_every_answered_input_is_there_again(
    tmp_path: Path, number: signal.Signals
) -> None:
    process = start(tmp_path)
    with Wire(port_of(process)) as wire:
        wire.send(packed("CALL", "counter", "incr") * 20_000)
        assert wire.reply() is None
        process.send_signal(number)
        answered = 1 + wire.rest().count(b"$-1\r\n")
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (0, "", "")
    again = Replica(SqliteJournal(tmp_path))
    again.recover()
    _, (count,) = again.engine.state(Address("counter"))
    again.close()
    assert answered <= count <= 20_000


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Rejected, match=f"^port {port} on 127.0.0.1 is in use by another process: "):
            NodeThread(replica(), port=port).start()


def test_an_address_of_another_machine_is_a_clear_error() -> None:
    with pytest.raises(Rejected, match=r"^192\.0\.2\.1 is not an address of this machine"):
        NodeThread(replica(), host="192.0.2.1").start()


def test_a_port_in_use_ends_a_process_without_a_ready_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        output, errors = start(tmp_path, taken.getsockname()[1]).communicate(timeout=20)
    assert output == ""
    assert "is in use by another process" in errors
    SqliteJournal(tmp_path).close()


def test_a_stopped_node_can_be_started_again_on_its_port_with_its_state() -> None:
    made = replica(counter())
    with NodeThread(made) as first, Wire(first.port) as wire:
        assert wire.ask("CALL", "counter", "incr") is None
        port = first.port
    with NodeThread(made, port=port) as second, Wire(second.port) as wire:
        assert wire.ask("CALL", "counter", "value") == 1


def test_stopping_answers_what_was_received() -> None:
    with node() as thread, Wire(thread.port) as wire:
        assert wire.ask("PING") == b"PONG"
        thread.stop()
        with pytest.raises(EOFError):
            wire.reply()


def test_a_failed_journal_ends_the_node_and_acknowledges_nothing(caplog: pytest.LogCaptureFixture) -> None:
    made = replica(counter())
    thread = NodeThread(made)
    thread.start()
    with Wire(thread.port) as wire, caplog.at_level(logging.CRITICAL):
        assert wire.ask("CALL", "counter", "incr") is None
        made.journal.close()
        wire.send(packed("CALL", "counter", "incr"))
        assert wire.rest() == b""
        with pytest.raises(JournalFailed, match="closed"):
            thread.stop()
    assert "a fault ends this node" in caplog.text
    assert made.engine.position == 2


def test_a_disk_that_cannot_be_synced_ends_the_node_and_acknowledges_nothing_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    is_broken = threading.Event()

    def sync(_descriptor: int) -> None:
        if is_broken.is_set():
            raise OSError(errno.EIO, "Input/output error")

    made = Replica(SqliteJournal(tmp_path, Durability.EVERYSEC, sync))
    made.deploy(encode_program(counter()))
    thread = NodeThread(made)
    thread.start()
    with Wire(thread.port) as wire, caplog.at_level(logging.CRITICAL):
        assert wire.ask("CALL", "counter", "incr") is None
        is_broken.set()
        acknowledged = 1 + incremented_until_the_end(wire)
        with pytest.raises(JournalFailed, match=r"Input/output error.*nothing more is accepted"):
            thread.stop()
    assert "a fault ends this node" in caplog.text
    assert "Traceback" not in caplog.text
    assert made.engine.state(Address("counter"))[1] == (acknowledged,)
    made.close()


def test_a_journal_that_somebody_else_writes_ends_the_node(caplog: pytest.LogCaptureFixture) -> None:
    made = replica(counter())
    thread = NodeThread(made)
    thread.start()
    made.journal.append(1, 1, b"not ours")
    with Wire(thread.port) as wire, caplog.at_level(logging.CRITICAL):
        wire.send(packed("CALL", "counter", "incr"))
        assert wire.rest() == b""
    with pytest.raises(PositionConflict):
        thread.stop()


def test_a_silent_client_is_disconnected_and_a_monitor_is_not() -> None:
    with node(Limits(idle_s=0.1)) as thread, Wire(thread.port) as silent, Wire(thread.port) as monitor:
        assert monitor.ask("MONITOR") == b"OK"
        assert silent.rest() == b"-ERR this connection was silent for 0.1 s\r\n"
        assert monitor.ask("PING") == b"PONG"


def test_the_trace_shows_each_input_its_output_and_the_state_after_it() -> None:
    lines: list[str] = []
    with node(trace=Trace(lines.append)) as thread, Wire(thread.port) as wire:
        wire.send(
            packed("CALL", "counter", "incr") * 2
            + packed("CALL", "counter", "value")
            + packed("CALL", "cart/alice", "put", "apple", "3")
            + packed("CALL", "cart/alice", "take", "apple", "5")
            + packed("CALL", "cart/alice", "left", "pear")
            + packed("UPGRADE", upgrade(counter(), counter_v2(), split()))
            + packed("CALL", "counter", "incr")
        )
        wire.replies(8)
    changed = lines.pop(6)
    assert lines == [
        'Input:     counter incr\nOutput:    null\nNew state: {"count":1}\n',
        'Input:     counter incr\nOutput:    null\nNew state: {"count":2}\n',
        'Input:     counter value\nOutput:    2\nNew state: {"count":2}\n',
        'Input:     cart/alice put "apple" 3\nOutput:    null\nNew state: {"stock":{"apple":3},"taken":0}\n',
        f'Input:     cart/alice take "apple" 5\nOutput:    {REFUSED}\nNew state: {{"stock":{{"apple":3}},"taken":0}}\n',
        f'Input:     cart/alice left "pear"\nOutput:    {TRAPPED}\nNew state: {{"stock":{{"apple":3}},"taken":0}}\n',
        'Input:     counter incr\nOutput:    null\nNew state: {"old":2,"count":3}\n',
    ]
    assert changed.startswith("Upgrade successful! counter ")
    assert changed.endswith(", 1 instance migrated\n")
