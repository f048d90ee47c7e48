"""A counter in this process: a node without sockets beside the `eventsourcing` package, the nearest that Python has.

Both keep each call in SQLite with a sync for each commit, or in memory. The package reads all events of an aggregate
for each call unless it is told to keep some aggregates; here it keeps them, and trusts what it has kept.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

import camshaft as cam
from figures import Figure, Table
from machines.counter import Counter

CALLS = 100
"""Of a run."""


class EventCounter(Aggregate):
    """The counter of `eventsourcing`."""

    def __init__(self) -> None:
        self.count = 0

    @event("Incremented")
    def incr(self) -> None:
        self.count += 1


@dataclass(frozen=True, slots=True)
class Contender:
    """A counter that can be counted up so often, with a commit for each call or one for all, and read."""

    one_by_one: Callable[[int], None]
    together: Callable[[int], None]
    count: Callable[[], int]


def node(directory: Path | None, stack: ExitStack) -> Contender:
    """A node in this process, with its journal in memory where there is no directory."""
    running = stack.enter_context(cam.Node(directory))
    running.deploy(Counter)
    counter = running.instance(Counter)

    def one_by_one(calls: int) -> None:
        for _ in range(calls):
            counter.incr()

    def together(calls: int) -> None:
        cam.pipeline(*[counter.incr] * calls)

    return Contender(one_by_one, together, lambda: cam.state(counter).count)


def package(directory: Path | None, stack: ExitStack) -> Contender:
    """The same with `eventsourcing`."""
    settings = {"AGGREGATE_CACHE_MAXSIZE": "1000", "AGGREGATE_CACHE_FASTFORWARD": "n"}
    if directory is not None:
        settings |= {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(directory / "events.db"),
        }
    application: Application[UUID] = Application(settings)
    stack.callback(application.close)
    first = EventCounter()
    application.save(first)

    def counter() -> EventCounter:
        found: EventCounter = application.repository.get(first.id)
        return found

    def one_by_one(calls: int) -> None:
        for _ in range(calls):
            found = counter()
            found.incr()
            application.save(found)

    def together(calls: int) -> None:
        found = counter()
        for _ in range(calls):
            found.incr()
        application.save(found)

    return Contender(one_by_one, together, lambda: counter().count)


CONTENDERS = (node, package)
KINDS = ("on disk, a commit a call", f"on disk, a commit for {CALLS} calls", "in memory, a commit a call")


def measure(run_count: int) -> Table:
    """What a call takes of each kind, the contenders in turns."""
    found: dict[str, list[Figure]] = {}
    with ExitStack() as stack:
        directories = [Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="camshaft-bench-"))) for _ in "12"]
        on_disk = [start(at, stack) for start, at in zip(CONTENDERS, directories, strict=True)]
        in_memory = [start(None, stack) for start in CONTENDERS]
        found[KINDS[0]] = _alternate([one.one_by_one for one in on_disk], run_count)
        found[KINDS[1]] = _alternate([one.together for one in on_disk], run_count)
        found[KINDS[2]] = _alternate([one.one_by_one for one in in_memory], run_count)
        for contenders, kinds in ((on_disk, 2), (in_memory, 1)):
            counts = [one.count() for one in contenders]
            if counts != [kinds * (run_count + 1) * CALLS] * len(contenders):
                raise RuntimeError(f"the counters are at {counts}")
    return table(found)


def table(found: dict[str, list[Figure]]) -> Table:
    """The figures of both, by kind."""
    rows = tuple((kind, ours.show(1), theirs.show(1), theirs.over(ours)) for kind, (ours, theirs) in found.items())
    columns = ("µs a call", "Camshaft", f"eventsourcing {version('eventsourcing')}", "Camshaft is faster")
    return Table("A counter in one process, beside the `eventsourcing` package", columns, rows)


def _alternate(runs: list[Callable[[int], None]], run_count: int) -> list[Figure]:
    times: list[list[float]] = [[] for _ in runs]
    for number in range(run_count + 1):
        for run, taken in zip(runs, times, strict=True):
            started = time.perf_counter()
            run(CALLS)
            if number > 0:  # the first run warms up
                taken.append((time.perf_counter() - started) / CALLS * 1e6)
    return [Figure(tuple(taken)) for taken in times]
