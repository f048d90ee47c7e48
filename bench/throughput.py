"""Calls a second of a node, beside Redis, a gen_server and a service written by hand, with the same durability."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import servers
from figures import Figure, Goal, Table, at_least
from programs import REDIS_BENCHMARK, Program
from rates import Load, alternate
from servers import BY_CALL, BY_TURN, DURABILITIES, FCALL, GEN_SERVER, INCR, OURS

PIPELINES = (64, 16, 1)
CONTENDERS = {
    "always": (OURS, FCALL, INCR, GEN_SERVER, BY_CALL, BY_TURN),
    "everysec": (OURS, FCALL, INCR, GEN_SERVER, BY_CALL, BY_TURN),
    "memory": (OURS, FCALL, INCR, GEN_SERVER),
}
"""By durability. A service with SQLite has no use where nothing is kept."""
LIMITS = {FCALL: {64: 1.3, 16: 1.3, 1: 0.9}, BY_CALL: {64: 3.0, 16: 3.0, 1: 3.0}}
"""What a node does at least of the calls of a contender that keeps them as well, by the pipeline."""
_REMARK = "`redis-benchmark -c 50 -P …`."
_ON_PEERS = """\
The service by hand is [asyncio's streams and SQLite](../peers/asyncio_sqlite.py): it
keeps a count and no journal, checks no types, and cannot be upgraded while it runs. With a commit for each call it is
what one writes; with a commit for all that arrived within a turn of the event loop it does what a node does. The
[gen_server](../peers/counting.erl) syncs its log once for all calls that came during the last sync."""


def measure(run_count: int) -> Iterator[Table]:
    """The calls a second of each contender, with each number of calls in flight, for each durability."""
    absent = servers.install()
    if not REDIS_BENCHMARK.install():
        yield Table("Calls a second", ("not measured",), ((REDIS_BENCHMARK.how_to_install,),))
        return
    for durability, names in CONTENDERS.items():
        found = {}
        with servers.servers(durability, names) as contenders:
            for pipeline in PIPELINES:
                for name, figure in alternate(contenders, Load(pipeline=pipeline), run_count).items():
                    found[name, pipeline] = figure
        yield table(durability, found, absent)


def table(durability: str, found: dict[tuple[str, int], Figure], absent: Sequence[Program] = ()) -> Table:
    """The figures by the contender's name and the number of calls in flight; `absent` is what could not be had."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    for (name, pipeline), figure in sorted(found.items(), key=lambda item: CONTENDERS[durability].index(item[0][0])):
        ours = found[OURS, pipeline]
        cells = ("", "")
        if name in LIMITS and durability != "memory":
            what = f"calls a second, `{durability}`, {pipeline} in flight, of {name}"
            goal = at_least(what, ours.median / figure.median, LIMITS[name][pipeline])
            goals.append(goal)
            cells = goal.cells
        rows.append((name, str(pipeline), figure.show(), ours.over(figure), *cells))
    columns = ("server and call", "P", "calls/s", "Camshaft is", "limit", "")
    # On the peers once, under the first table.
    about = [_ON_PEERS, *(program.how_to_install for program in absent)] if durability == DURABILITIES[0] else []
    remark = " ".join([_REMARK, *about])
    return Table(f"Calls a second, `{durability}`", columns, tuple(rows), remark, tuple(goals))
