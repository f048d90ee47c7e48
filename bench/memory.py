"""The memory of a node with many idle instances."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from camshaft.cli.demo_processes import NodeProcess
from camshaft.client.connection import Connection
from figures import Table, at_most
from servers import COUNTER

INSTANCES = 100_000
MOST_BYTES = 400.0
"""For each idle instance of a small machine, beyond its state, which for the counter is one small integer."""
_BATCH = 1_000


def measure() -> Table:
    """The resident memory of a node before and after 100,000 instances of the counter were used once."""
    with tempfile.TemporaryDirectory(prefix="camshaft-bench-") as directory:
        node = NodeProcess(COUNTER, Path(directory))
        try:
            node.start()
            empty_kib = resident_kib(node.pid)
            with Connection(node.endpoint) as connection:
                for start in range(0, INSTANCES, _BATCH):
                    replies = connection.commands(
                        [("CALL", f"counter/{index}", "incr") for index in range(start, start + _BATCH)]
                    )
                    if any(isinstance(reply, Exception) for reply in replies):
                        raise RuntimeError(f"a call failed: {next(r for r in replies if isinstance(r, Exception))}")
            full_kib = resident_kib(node.pid)
            node.stop()
        finally:
            node.discard()
    each = (full_kib - empty_kib) * 1024 / INSTANCES
    goal = at_most("an idle instance of the counter", each, MOST_BYTES, " bytes", 0)
    rows = (
        ("a node without instances", f"{empty_kib / 1024:,.1f} MiB", "", ""),
        (f"with {INSTANCES:,} idle instances", f"{full_kib / 1024:,.1f} MiB", "", ""),
        ("for each instance", goal.figure, *goal.cells),
    )
    return Table("Memory of idle instances", ("resident memory", "size", "limit", ""), rows, goals=(goal,))


def resident_kib(pid: int) -> int:
    """The resident memory of a process in KiB."""
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True)
    return int(done.stdout)
