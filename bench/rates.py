"""Calls a second, driven by `redis-benchmark`: every contender in turn, each run as long as any other.

Client and server share the machine's cores.
"""

from __future__ import annotations

import csv
import io
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from figures import Figure
from servers import Server

RUN_S = 0.8
"""How long a run takes, about: what a server does in this time is found out first, and warms it up."""
_FIRST_CALLS = 2_000
_MOST_CALLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Load:
    """How many connections call, with how many calls in flight on each, and on how many counters."""

    connections: int = 50
    pipeline: int = 1
    counters: int = 1

    def whole(self, calls: float) -> int:
        """About so many calls, as many on each connection, and at least one flight."""
        flight = self.connections * self.pipeline
        return max(1, round(calls / flight)) * flight


def alternate(contenders: Sequence[Server], load: Load, run_count: int) -> dict[str, Figure]:
    """The calls a second of each, by name. The runs of all take turns: what else the machine does hits them all."""
    calls = {server.name: _calls_of_a_run(server, load) for server in contenders}
    runs: dict[str, list[float]] = {server.name: [] for server in contenders}
    for _ in range(run_count):
        for server in contenders:
            runs[server.name].append(rate(server, load, calls[server.name]))
    return {name: Figure(tuple(rates)) for name, rates in runs.items()}


def _calls_of_a_run(server: Server, load: Load) -> int:
    calls = load.whole(_FIRST_CALLS)
    found = rate(server, load, calls)
    if calls < found * RUN_S / 4:
        # So short a run says little.
        found = rate(server, load, load.whole(min(found * RUN_S / 4, _MOST_CALLS)))
    return load.whole(min(found * RUN_S, _MOST_CALLS))


def rate(server: Server, load: Load, calls: int) -> float:
    """The calls a second of one run. Raises RuntimeError where calls failed or were not counted."""
    command = server.count if load.counters == 1 else server.keyed("/__rand_int__")
    before = server.counted() if load.counters == 1 else 0
    done = subprocess.run(
        [
            *("redis-benchmark", "-p", str(server.port), "-c", str(load.connections), "-P", str(load.pipeline)),
            *("-n", str(calls), "-r", str(load.counters), "--csv", *command),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    if "rror" in done.stderr:
        raise RuntimeError(f"{server.name}: {done.stderr.strip()}")
    # A benchmark of errors would be fast as well.
    if load.counters == 1 and server.counted() - before != calls:
        raise RuntimeError(f"{server.name}: {calls:,} calls counted {server.counted() - before:,} up")
    (result,) = csv.DictReader(io.StringIO(done.stdout))
    return float(result["rps"])
