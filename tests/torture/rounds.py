"""Rounds of torture: power cuts anywhere in a run that was recorded, kills and failures at any operation of others.

Every round ends with the same question: is what was acknowledged in the journal, once and in order, and nothing that
nobody sent?
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.replica import Replica
from torture.power import Disk
from torture.shim import Failing, environment
from torture.trace import Operation, Sent, Write, read_record
from torture.writer import ACKNOWLEDGED, next_number

_DEADLINE_S: Final = 120


@dataclass(frozen=True)
class Recorded:
    """What a writer did that nobody disturbed, and how many inputs were there after each batch."""

    operations: Sequence[Operation]
    ends: Sequence[int]


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory that is removed with the block; in memory where there is one, since only what is asked for counts."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="camshaft-torture-", dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def run_writer(directory: Path, batches: int, record: Path | None = None, failing: Failing | None = None) -> int:
    """Run a writer in a directory; its exit code, less than 0 where it was killed."""
    command = [sys.executable, "-m", "torture.writer", str(directory), str(batches)]
    environment_ = environment(directory, record, failing)
    # A session of its own: the shim kills the whole process group.
    done = subprocess.run(command, env=environment_, timeout=_DEADLINE_S, check=False, start_new_session=True)
    return done.returncode


def recorded_run(within: Path, batches: int) -> Recorded:
    """Let a writer write so many batches, and record what it does."""
    directory, record = within / "recorded", within / "record"
    directory.mkdir()
    assert run_writer(directory, batches, record) == 0
    ends = [0, *acknowledgements(directory)]
    assert len(ends) == batches + 1
    return Recorded([each for _, each in read_record(record) if not isinstance(each, Sent)], ends)


def acknowledgements(directory: Path) -> list[int]:
    """What a writer has acknowledged, batch by batch; a line that was cut off is none."""
    path = directory / ACKNOWLEDGED
    return [int(line) for line in path.read_bytes().split(b"\n")[:-1]] if path.exists() else []


def cut_power(recorded: Recorded, within: Path, cuts: Sequence[int], each: int, choose: Random) -> int:
    """Cut the power after each of these numbers of operations, with so many outcomes of it; returns how many rounds.

    At each there is also what a killed process leaves, which is all that it did.
    """
    disk, done, acknowledged, rounds = Disk(), 0, 0, 0
    directory = within / "cut"
    for cut in sorted(cuts):
        for operation in recorded.operations[done:cut]:
            disk.perform(operation)
            if isinstance(operation, Write) and operation.name == ACKNOWLEDGED:
                acknowledged = int(operation.data)
        done = cut
        for outcome in range(each + 1):
            shutil.rmtree(directory, ignore_errors=True)
            directory.mkdir()
            if outcome == 0:
                disk.as_seen(directory)
            else:
                disk.after_power_cut(directory, choose)
            found = inputs_found(directory)
            assert found in recorded.ends, f"after operation {cut}: a part of a batch is there"
            assert found >= acknowledged, f"after operation {cut}: {acknowledged} were acknowledged, {found} are there"
            rounds += 1
    return rounds


def fail_at(directory: Path, batches: int, failing: Failing) -> int:
    """Run a writer whose operation fails, and check what is left; its exit code."""
    directory.mkdir()
    code = run_writer(directory, batches, failing=failing)
    acknowledged = [0, *acknowledgements(directory)]
    found = inputs_found(directory)
    assert found >= acknowledged[-1], f"{failing}: {acknowledged[-1]} were acknowledged, {found} are there"
    # And it goes on from there.
    assert run_writer(directory, 1) == 0
    assert inputs_found(directory) > found
    return code


def inputs_found(directory: Path) -> int:
    """How many inputs a journal holds, all of them in order, and the state that they give."""
    with closing(SqliteJournal(directory)) as journal:
        replica = Replica(journal, snapshots=Snapshots(directory))
        replica.recover()
        return next_number(replica)
