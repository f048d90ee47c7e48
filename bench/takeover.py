"""The pause of a takeover: the longest gap that a client sees, calling without pause, with a takeover and without.

A node with a hundred thousand instances is taken over by a second process. The client is a process of its own that asks
queries; it is alone in the first row, and in the second one 50 clients of redis-benchmark call beside it, which take
any connection that ends for an error. Then the inputs are counted: each that redis-benchmark has sent has run once.
"""

from __future__ import annotations

import contextlib
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from camshaft.cli.demo_processes import NodeProcess
from camshaft.client.client import Client
from camshaft.client.endpoint import Endpoint
from figures import Figure, Goal, Table, at_most
from programs import REDIS_BENCHMARK

INSTANCES: Final = 100_000
MOST_GAP_MS: Final = 50.0
ALONE: Final = "a client alone"
BESIDE: Final = "beside `redis-benchmark -c 50`"
_MACHINE: Final = Path(__file__).parents[1] / "examples" / "counter.py"
_FILLED_AT_ONCE: Final = 10_000
_SECONDS: Final = 3.0
_CALLS: Final = 200_000
"""How often redis-benchmark calls in a round."""
_END_S: Final = 120.0


def measure(run_count: int) -> Iterator[Table]:
    """The gaps of a client alone and beside others, and the calls that were lost."""
    found = {ALONE: [_gaps(is_loaded=False) for _ in range(run_count)]}
    if REDIS_BENCHMARK.install():
        found[BESIDE] = [_gaps(is_loaded=True) for _ in range(run_count)]
    yield table(found)


def table(found: dict[str, list[tuple[float, float, int]]]) -> Table:
    """The gaps in ms without a takeover and with one, and the calls that were lost, run for run."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    for name, runs in found.items():
        without, with_, lost = (Figure(tuple(each)) for each in zip(*runs, strict=True))
        goal = at_most(f"the longest gap of a takeover, {name}", with_.median, MOST_GAP_MS, " ms", 1)
        goals.append(goal)
        rows.append((name, without.show(1), with_.show(1), lost.show(), *goal.cells))
    columns = ("longest gap, ms", "without a takeover", "with one", "calls lost", "limit", "")
    remark = "" if BESIDE in found else REDIS_BENCHMARK.how_to_install
    return Table(f"A takeover of {INSTANCES:,} instances", columns, tuple(rows), remark, tuple(goals))


def _gaps(*, is_loaded: bool) -> tuple[float, float, int]:
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        node = NodeProcess(_MACHINE, Path(directory))
        try:
            node.start()
            _fill(node.endpoint)
            with contextlib.ExitStack() as ended:
                load = ended.enter_context(_Load(node.endpoint)) if is_loaded else None
                caller = _caller(node.endpoint)
                time.sleep(_SECONDS)
                without = _result(caller)
                caller = _caller(node.endpoint)
                ended.enter_context(_taken_over(node, Path(directory)))
                with_ = _result(caller)
                return without, with_, 0 if load is None else load.lost()
        finally:
            node.discard()


def _fill(node: Endpoint) -> None:
    with Client(node) as client:
        for start in range(0, INSTANCES, _FILLED_AT_ONCE):
            keys = range(start, start + _FILLED_AT_ONCE)
            client.connection.commands([("CALL", f"counter/{key}", "incr") for key in keys])


@contextlib.contextmanager
def _taken_over(node: NodeProcess, directory: Path) -> Iterator[None]:
    """A second process takes the node over, and is the node until the block ends."""
    command = [sys.executable, "-m", "camshaft", "serve", str(_MACHINE), "--data", str(directory / "data")]
    command += ["--port", str(node.endpoint.port), "--takeover"]
    with (directory / "heir.log").open("wb") as log:
        heir = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        code = node.wait(_END_S)
        if code != 0:
            raise RuntimeError(f"the node ended with code {code}:\n{node.log()}")
        yield
    finally:
        heir.send_signal(signal.SIGTERM)
        heir.wait()


# ---- clients ---------------------------------------------------------------------------------------------------------


class _Load:
    """redis-benchmark, calling beside the client: again and again, since nobody knows how long a takeover takes."""

    def __init__(self, node: Endpoint) -> None:
        self._node = node
        self._called = 0
        self._is_over = threading.Event()
        self._error: str | None = None
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> _Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        command = ["redis-benchmark", "-h", self._node.host, "-p", str(self._node.port), "-c", "50"]
        command += ["-n", str(_CALLS), "--csv", "CALL", "counter/load", "incr"]
        while not self._is_over.is_set() and self._error is None:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0 or "rror" in done.stderr:
                self._error = done.stderr.strip() or f"exit code {done.returncode}"
            self._called += _CALLS

    def lost(self) -> int:
        """End it; how many of its calls did not run, or ran twice. Raises RuntimeError where it saw an error."""
        self._is_over.set()
        self._thread.join()
        if self._error is not None:
            raise RuntimeError(f"redis-benchmark: {self._error}")
        with Client(self._node) as client:
            return abs(self._called - int(client.call("counter/load", "value", [], {})))


def _caller(node: Endpoint) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, node.host, str(node.port)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _result(caller: subprocess.Popen[str]) -> float:
    out, _ = caller.communicate(timeout=_END_S)
    if caller.returncode != 0:
        raise RuntimeError("the client that calls without pause has failed")
    return float(out)


def _call_without_pause(host: str, port: int) -> float:
    """The longest time between two replies, in ms, until nothing more is to be read from standard input."""
    with socket.create_connection((host, port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number, longest = 0, 0.0
        last = time.perf_counter()
        while not select.select([sys.stdin], [], [], 0)[0]:
            address = b"counter/%d" % (number % INSTANCES)
            connection.sendall(b"*3\r\n$4\r\nCALL\r\n$%d\r\n%s\r\n$5\r\nvalue\r\n" % (len(address), address))
            reply = connection.recv(1_000)
            if reply != b":1\r\n":
                raise RuntimeError(f"the node answered {reply!r}")
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
            number += 7_919
    return longest * 1_000


if __name__ == "__main__":
    print(_call_without_pause(sys.argv[1], int(sys.argv[2])))
