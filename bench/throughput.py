"""Calls a second of a durable node, driven by `redis-benchmark`, with Redis of the same durability beside it where it
is installed.

The runs of all contenders alternate, so that what else the machine does hits them all. Client and server share its
cores.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as RedisUnreachable
from redis.retry import Retry

from camshaft.cli.demo_processes import NodeProcess
from figures import Figure, Table, verdict

COUNTER = Path(__file__).parent.parent / "examples" / "counter.py"
CONNECTIONS = 50
HOW_TO_INSTALL = "redis-benchmark is missing. Debian, Ubuntu: apt-get install redis-tools. macOS: brew install redis."
LUA_INCREMENT = """#!lua name=counter
redis.register_function('counter_incr', function(keys) return redis.call('INCR', keys[1]) end)
"""


@dataclass(frozen=True, slots=True)
class Load:
    """A load of `redis-benchmark`: how many calls each connection has in flight, and how many calls there are."""

    pipeline: int
    calls: int


LOADS = (Load(pipeline=64, calls=400_000), Load(pipeline=16, calls=200_000), Load(pipeline=1, calls=50_000))
DURABILITIES = ("always", "everysec")
LIMITS = {64: 1.3, 16: 1.3, 1: 0.9}
"""What a node does at least of the calls that Redis makes of a function with the same logic, by the pipeline."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A server, and the command that counts one up."""

    name: str
    port: int
    command: tuple[str, ...]


def find_benchmark() -> bool:
    """Whether `redis-benchmark` is there; as root on a system with apt, it is installed first."""
    if shutil.which("redis-benchmark") is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-q", "redis-tools"], check=False, stdin=subprocess.DEVNULL)
    return shutil.which("redis-benchmark") is not None


def measure(run_count: int) -> list[Table]:
    """The calls a second of each contender under each load, with each durability."""
    return [_measure(run_count, durability) for durability in DURABILITIES]


def _measure(run_count: int, durability: str) -> Table:
    rates: dict[tuple[str, Load], list[float]] = {}
    with _camshaft(durability) as camshaft, _redis(durability) as peers:
        contenders = [camshaft, *peers]
        for load in LOADS:
            for _ in range(run_count):
                for contender in contenders:
                    rates.setdefault((contender.name, load), []).append(calls_per_second(contender, load))
        _check_count(camshaft, run_count * sum(load.calls for load in LOADS))
    ours = {load: Figure(tuple(rates[camshaft.name, load])) for load in LOADS}
    rows = []
    for contender in contenders:
        for load in LOADS:
            figure = Figure(tuple(rates[contender.name, load]))
            limit, met = "", ""
            if "FCALL" in contender.name:
                least = LIMITS[load.pipeline]
                limit, met = f"≥ {least:.1f}x", verdict(ours[load].median >= least * figure.median)
            rows.append((contender.name, str(load.pipeline), figure.show(), ours[load].over(figure), limit, met))
    remark = f"`redis-benchmark -c {CONNECTIONS} -P …`; both with durability `{durability}`."
    if not peers:
        remark += " Redis is not installed here; with redis-server on the path, it is measured beside."
    columns = ("server and call", "P", "calls/s", "Camshaft is", "limit", "")
    return Table(f"Calls a second, `{durability}`", columns, tuple(rows), remark)


def calls_per_second(contender: Contender, load: Load) -> float:
    """One run of `redis-benchmark`."""
    done = subprocess.run(
        [
            *("redis-benchmark", "-p", str(contender.port), "-c", str(CONNECTIONS), "--csv"),
            *("-P", str(load.pipeline), "-n", str(load.calls), *contender.command),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    if "rror" in done.stderr:
        raise RuntimeError(f"{contender.name}: {done.stderr.strip()}")
    (result,) = csv.DictReader(io.StringIO(done.stdout))
    return float(result["rps"])


def _check_count(camshaft: Contender, calls: int) -> None:
    # A benchmark of errors would be fast as well.
    counted = Redis(port=camshaft.port, protocol=3).execute_command("CALL", "counter", "value")  # type: ignore[no-untyped-call]  # the package types only its own commands
    if counted != calls:
        raise RuntimeError(f"after {calls:,} calls the counter is at {counted:,}")


@contextlib.contextmanager
def _camshaft(durability: str) -> Iterator[Contender]:
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        node = NodeProcess(COUNTER, Path(directory), "--durability", durability)
        try:
            node.start()
            yield Contender("Camshaft, CALL counter incr", node.endpoint.port, ("CALL", "counter", "incr"))
            node.stop()
        finally:
            node.discard()


@contextlib.contextmanager
def _redis(durability: str) -> Iterator[Sequence[Contender]]:
    server = shutil.which("redis-server")
    if server is None:
        yield ()
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="redis-bench-") as directory:
        process = subprocess.Popen(
            [
                *(server, "--port", str(port), "--dir", directory, "--save", ""),
                *("--appendonly", "yes", "--appendfsync", durability),
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            patient = Retry(ConstantBackoff(0.05), 200, (RedisUnreachable,))
            Redis(port=port, retry=patient).function_load(LUA_INCREMENT, replace=True)
            yield (
                Contender("Redis, FCALL of a Lua increment", port, ("FCALL", "counter_incr", "1", "counter")),
                Contender("Redis, INCR", port, ("INCR", "counter")),
            )
        finally:
            process.terminate()
            process.wait()
