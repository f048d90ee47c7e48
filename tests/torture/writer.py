"""A process that writes a journal, and says in a file beside it how far it got.

    python -m torture.writer DIRECTORY BATCHES

Its inputs are numbered, on one counter: whoever reads the journal back can tell which are there, once and in order.
Each batch adds a line to the file `acknowledged`: how many inputs were acknowledged by then. Some batches are large, so
that they span pages and the log is soon long enough to be taken into the file. After each snapshot the journal is cut
off, a little after each batch.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from random import Random

from camshaft.bytecode.encoding import encode_program
from camshaft.journal.journal import JournalFailed, JournalFull
from camshaft.journal.snapshots import Retention, Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.runtime.entries import Deploy, Input, decode_batch
from camshaft.runtime.outcomes import Returned
from camshaft.runtime.replica import Replica
from camshaft.runtime.truncation import Truncation
from generators.machines import counter

ACKNOWLEDGED = "acknowledged"
"""The file with a line for each batch: how many inputs were acknowledged by then."""
FAILED = 3
"""The exit code where the journal failed and nothing more was acknowledged."""

_LARGEST_BATCH = 5
_BATCHES_A_SNAPSHOT = 25


def write(directory: Path, batches: int) -> int:
    """Write so many batches; the exit code."""
    replica = Replica(SqliteJournal(directory), snapshots=Snapshots(directory))
    replica.recover()
    if not replica.engine.machines:
        replica.deploy(encode_program(counter()))
    acknowledged = os.open(directory / ACKNOWLEDGED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    interface = replica.engine.machine("counter").loaded.id
    choose = Random(batches)
    number = next_number(replica)
    truncation = Truncation(replica, Retention(entries=0))
    for batch in range(batches):
        count = choose.randint(1, _LARGEST_BATCH)
        caller = "x" * choose.choice((0, 0, 5_000, 60_000))
        inputs = [Input("counter", None, "add", (number + index,), interface, caller) for index in range(count)]
        try:
            outcomes = replica.commit(inputs)
        except JournalFull:
            continue
        except JournalFailed:
            return FAILED
        assert all(isinstance(outcome, Returned) for outcome in outcomes)
        number += count
        _acknowledge(acknowledged, number)
        if batch % _BATCHES_A_SNAPSHOT == 0:
            with suppress(OSError):
                replica.snapshot_writer(truncation.base())()
            truncation.begin()
        try:
            replica.advance()
        except JournalFailed:
            return FAILED
    replica.close()
    return 0


def _acknowledge(descriptor: int, number: int) -> None:
    # The disk is full for this file too, for as long as the journal might have found it so.
    while True:
        with suppress(OSError):
            os.write(descriptor, b"%d\n" % number)
            return


def next_number(replica: Replica) -> int:
    """How many inputs there were. It fails where those that the journal holds are not numbered without a gap, from 0 on
    or from where it was cut off, or where the state is not that of all of them."""
    begin = replica.journal.begin
    found = [number for batch in replica.journal.read(begin) for number in numbers_of(batch.payload)]
    first = found[0] if begin else 0
    count = first + len(found)
    assert found == list(range(first, count))
    machine = replica.engine.machines.get("counter")
    instance = None if machine is None else machine.instance(None)
    total = 0 if instance is None else instance.state[0]
    assert total == sum(range(count))
    return count


def numbers_of(payload: bytes) -> list[int]:
    """The numbers of the inputs of a batch."""
    numbers = []
    for entry in decode_batch(payload).entries:
        if isinstance(entry, Input):
            numbers.append(entry.arguments[0])
        else:
            assert isinstance(entry, Deploy)
    return numbers


if __name__ == "__main__":
    sys.exit(write(Path(sys.argv[1]), int(sys.argv[2])))
