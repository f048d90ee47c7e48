"""Instances are small."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from camshaft.bytecode.encoding import encode_program
from camshaft.runtime.catalog import Catalog
from camshaft.runtime.instances import Machine
from camshaft.values.address import Address
from generators.machines import counter

PROGRAM = """
from generators.machines import counter
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
replica = Replica(MemoryJournal())
replica.deploy(encode_program(counter()))
interface = program_id(counter())
for thousand in range(100):
    keys = [f"instance-{thousand}-{n}" for n in range(1000)]
    replica.commit([Input("counter", key, "incr", (), interface) for key in keys])
assert replica.engine.machine("counter").count == 100_000
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmRSS")))
"""


def test_a_hundred_thousand_idle_counters_stay_far_below_300_mb() -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) < 100_000, f"{done.stdout.strip()} kB"


def test_a_page_ends_where_the_instances_do() -> None:
    loaded = Catalog().load(encode_program(counter()))
    machine = Machine("counter", loaded)
    assert machine.page(0, 10) == (0, [])
    for key in (None, "a", "b"):
        machine.add(key, loaded.make_cell((0,)))
    assert machine.page(0, 2) == (2, [Address("counter"), Address("counter", "a")])
    assert machine.page(2, 1) == (0, [Address("counter", "b")])
    assert machine.page(3, 2) == (0, [])
