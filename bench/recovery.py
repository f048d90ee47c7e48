"""Starting again: how fast a journal is folded, and what a snapshot takes and gives.

The journals are those of a node under load, a thousand inputs a batch. The snapshots are those of a node with one
instance of a million entries: clients wait for its fork alone, and the rest is another process's time. A client that
asks without pause sees that, and what two processes take from each other meanwhile.
"""

from __future__ import annotations

import inspect
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.cli.demo_processes import NodeProcess
from camshaft.client.client import Client
from camshaft.journal.journal import Durability
from camshaft.journal.snapshots import Snapshots
from camshaft.journal.sqlite import SqliteJournal
from camshaft.language.compile import compile_machine
from camshaft.language.machine import Machine
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from curve import Chart, Line
from figures import Figure, Goal, Picture, Table, at_least, at_most
from machines.archive import Archive
from machines.cart import Cart
from machines.counter import Counter
from machines.register import Register
from pauses import caller_of, gap_of, longest_gap

ENTRIES = 1_000_000
MOST_RESTORE_S = 2.0
MOST_PAUSE_MS = 10.0
_BATCH = 1_000
_FILLED_AT_ONCE = 10_000
_GAP_S = 3.0
_AFTER_S = 1.75
"""Seconds after which a client that was started is asking."""


def _counts(_number: int) -> tuple[str, tuple[Any, ...]]:
    return "incr", ()


def _shops(number: int) -> tuple[str, tuple[Any, ...]]:
    sku = f"sku-{random.Random(number).randrange(500)}"
    return "add", (sku, "a title", 995, 1)


@dataclass(frozen=True, slots=True)
class Journal:
    """Journals of one machine, from short to long."""

    name: str
    machine: type[Machine]
    step: Callable[[int], tuple[str, tuple[Any, ...]]]
    """The method and the arguments of an input, by its number."""
    sizes: tuple[int, ...]
    """From 1,000 on, each ten times the one before it: the positions of the chart."""
    least: float
    """How many inputs a second are folded, at least."""


JOURNALS = (
    Journal("counter", Counter, _counts, (1_000, 10_000, 100_000, 1_000_000, 10_000_000), 400_000),
    Journal("cart", Cart, _shops, (1_000, 10_000, 100_000, 1_000_000), 150_000),
)
_LEAST_FOR_A_RATE = 100_000
"""A short journal is a start of the machinery, and no rate."""
_ONCE_FROM = 10_000_000
_LARGE: tuple[tuple[type[Machine], str], ...] = (
    (Archive, "of a number and a text"),
    (Register, "of two texts, one of which may be absent, a number, a choice and a time"),
)


def measure(run_count: int, journals: Sequence[Journal] = JOURNALS) -> Iterator[Table]:
    """The tables of folding journals and of snapshots."""
    found = {}
    for journal in journals:
        for size in journal.sizes:
            with tempfile.TemporaryDirectory() as directory:
                _write(Path(directory), journal, size)
                runs = range(1 if size >= _ONCE_FROM else run_count)
                found[journal.name, size] = Figure(tuple(_recovery_s(Path(directory)) for _ in runs))
    yield folded(found, journals)
    for cls, of in _LARGE:
        yield _snapshots(cls, of, run_count)


def folded(found: dict[tuple[str, int], Figure], journals: Sequence[Journal] = JOURNALS) -> Table:
    """The seconds by machine and size, as a table and as a picture."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    for journal in journals:
        for size in journal.sizes:
            seconds = found[journal.name, size]
            rate = size / seconds.median
            cells = ("", "")
            if size >= _LEAST_FOR_A_RATE:
                what = f"inputs a second at recovery, of {size:,} of the {journal.name}"
                goals.append(at_least(what, rate, journal.least, "", 0))
                cells = goals[-1].cells
            rows.append((journal.name, f"{size:,}", seconds.show(3), f"{rate:,.0f}", *cells))
    lines = [
        Line(journal.name, [found[journal.name, size].median for size in journal.sizes], colour=number)
        for number, journal in enumerate(journals)
    ]
    longest = max((journal.sizes for journal in journals), key=len)
    chart = Chart(
        "Starting again, by the length of the journal", "inputs", "seconds", longest, lines, is_logarithmic=True
    )
    remark = "A thousand inputs a batch, without a snapshot."
    if longest[-1] >= _ONCE_FROM:
        remark += f" The journal of {longest[-1]:,} is folded once."
    columns = ("machine", "inputs", "seconds", "inputs a second", "limit", "")
    title, pictures = "Folding a journal when a node starts", (Picture("recovery.svg", chart),)
    return Table(title, columns, tuple(rows), remark, tuple(goals), pictures)


def _write(directory: Path, journal: Journal, size: int) -> None:
    program = compile_machine(journal.machine).program
    with closing(Replica(SqliteJournal(directory, durability=Durability.EVERYSEC))) as replica:
        replica.deploy(encode_program(program))
        interface = program_id(program)
        for start in range(0, size, _BATCH):
            numbers = range(start, min(size, start + _BATCH))
            replica.commit([Input(program.name, None, *journal.step(number), interface) for number in numbers])


def _recovery_s(directory: Path) -> float:
    with closing(Replica(SqliteJournal(directory), snapshots=Snapshots(directory))) as replica:
        started = time.perf_counter()
        replica.recover()
        return time.perf_counter() - started


def _snapshots(cls: type[Machine], of: str, run_count: int) -> Table:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        node = NodeProcess(Path(inspect.getfile(cls)), path)
        try:
            node.start()
            with Client(node.endpoint) as client:
                name = compile_machine(cls).name
                for start in range(0, ENTRIES, _FILLED_AT_ONCE):
                    client.call(name, "fill", [str(start), str(_FILLED_AT_ONCE)], {})
                made = [_snapshot(name, client) for _ in range(run_count)]
            node.stop()
        finally:
            node.discard()
        ((_, written), *_) = Snapshots(path / "data").newest_first()
        size = written.stat().st_size / 2**20
        restores = Figure(tuple(_recovery_s(path / "data") for _ in range(run_count)))
    forks, before, during, seconds = (Figure(tuple(each)) for each in zip(*made, strict=True))
    goals = (
        at_most(f"the fork for a snapshot of {ENTRIES:,} entries {of}", forks.median, MOST_PAUSE_MS, " ms", 1),
        at_most(f"starting from a snapshot of {ENTRIES:,} entries {of}", restores.median, MOST_RESTORE_S, " s"),
    )
    rows = (
        ("the fork, for which clients wait, ms", forks.show(1), *goals[0].cells),
        ("the longest gap that a client sees without a snapshot, ms", before.show(1), "", ""),
        ("the same with one, ms", during.show(1), "", ""),
        (f"encoding and writing {size:.0f} MiB, in a process of its own, s", seconds.show(2), "", ""),
        ("starting from it, s", restores.show(2), *goals[1].cells),
    )
    columns = ("what", "figure", "limit", "")
    return Table(f"A snapshot of one instance with {ENTRIES:,} entries {of}", columns, rows, goals=goals)


def _snapshot(machine: str, client: Client) -> tuple[float, float, float, float]:
    """What one snapshot of a node takes: its fork and the longest gaps of a client before it and during it, all in ms;
    and the seconds of the process that writes it."""
    before = longest_gap(machine, client.endpoint, _GAP_S)
    caller = caller_of(machine, client.endpoint, _GAP_S)
    time.sleep(_AFTER_S)
    client.connection.repeatable("SNAPSHOT")
    during = gap_of(caller)
    while (figures := client.info("persistence")["persistence"])["snapshot_in_progress"] != "0":
        time.sleep(0.05)
    return int(figures["last_snapshot_pause_us"]) / 1_000, before, during, float(figures["last_snapshot_seconds"])
