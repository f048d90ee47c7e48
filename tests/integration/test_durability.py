"""Acknowledged means durable: a process that is killed at any moment loses nothing that it had acknowledged."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from camshaft.bytecode.encoding import program_id
from camshaft.journal.journal import Durability
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.replica import Replica
from generators.machines import counter, counter_v2

BATCH = 5
ROUNDS = 12

WRITER = f"""
import sys
from generators.machines import counter, counter_v2, split, upgrade
from camshaft.bytecode.encoding import encode_program
from camshaft.journal.journal import Durability
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica

replica = Replica(SqliteJournal(sys.argv[1], Durability(sys.argv[3])))
replica.recover()
if not replica.engine.machines:
    replica.deploy(encode_program(counter()))
machine = replica.engine.machine("counter")
if sys.argv[2] == "upgrade":
    replica.upgrade(upgrade(counter(), counter_v2(), split(), id="a" * 32))
print("ready", flush=True)
while True:
    batch = [Input("counter", f"key-{{n}}", "incr", (), machine.loaded.id) for n in range({BATCH})]
    outcomes = replica.commit(batch)
    assert all(type(outcome).__name__ == "Returned" for outcome in outcomes)
    sys.stdout.write("acknowledged\\n")
    sys.stdout.flush()
"""


def acknowledged_until_killed(data: Path, mode: str, durability: Durability, lines: int) -> int:
    """Run the writer, kill it once it has acknowledged some batches; returns how many it had acknowledged by then."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    arguments = [sys.executable, "-c", WRITER, str(data), mode, durability.value]
    with subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        for _ in range(lines):
            assert writer.stdout.readline() == "acknowledged\n"
        writer.kill()
        return lines + writer.stdout.read().count("acknowledged\n")


@pytest.mark.parametrize("durability", [Durability.ALWAYS, Durability.EVERYSEC])
def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path, durability: Durability) -> None:
    """Round after round on one directory: every acknowledged batch is there once, under the version it ran under."""
    choose = random.Random(2)
    acknowledged = 0
    for round_ in range(ROUNDS):
        mode = "upgrade" if round_ == ROUNDS // 2 else "incr"
        acknowledged += acknowledged_until_killed(tmp_path, mode, durability, choose.randrange(0, 60))
        with closing(SqliteJournal(tmp_path, durability)) as journal:
            replica = Replica(journal)
            replica.recover()
            machine = replica.engine.machine("counter")
            upgraded = round_ >= ROUNDS // 2
            assert machine.loaded.id == program_id(counter_v2() if upgraded else counter())
            counts = {key: instance.state[-1] for key, instance in machine.each()}
            assert len(set(counts.values())) <= 1, "a batch is there as a whole or not at all"
            batches = next(iter(counts.values()), 0)
            # What was being written when the kill came may have become durable before anybody could be told.
            assert acknowledged <= batches <= acknowledged + round_ + 1
            if upgraded:
                assert [record.kind for record in machine.history] == ["deploy", "upgrade"]
