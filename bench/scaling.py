"""Calls a second with more connections, with more calls in flight on each, and of more instances, beside the peers.

All with durability `always`, and fewer runs than where limits are held: a curve has many points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from curve import Chart, Line
from figures import Figure, Picture, Table
from programs import REDIS_BENCHMARK
from rates import Load, alternate
from servers import BY_CALL, BY_TURN, FCALL, GEN_SERVER, OURS, Server, ask_all, install, servers

DURABILITY = "always"
_FILLED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Scale:
    """What grows, how far, and who takes part."""

    what: str
    """The field of a load."""
    title: str
    across: str
    file: str
    sizes: tuple[int, ...]
    contenders: tuple[str, ...]
    load: Load

    def load_of(self, size: int) -> Load:
        """The load at one size."""
        return replace(self.load, **{self.what: size})


SCALES = (
    Scale(
        what="connections",
        title="Calls a second by connections, one call in flight on each",
        across="connections",
        file="connections.svg",
        sizes=(1, 10, 50, 100, 300, 1_000),
        contenders=(OURS, FCALL, GEN_SERVER, BY_CALL, BY_TURN),
        load=Load(),
    ),
    Scale(
        what="pipeline",
        title="Calls a second by calls in flight on each of 50 connections",
        across="calls in flight on each connection",
        file="pipeline.svg",
        sizes=(1, 2, 4, 8, 16, 32, 64, 128),
        contenders=(OURS, FCALL, GEN_SERVER, BY_TURN),
        load=Load(),
    ),
    Scale(
        what="counters",
        title="Calls a second by instances, any of which is called",
        across="instances",
        file="instances.svg",
        sizes=(1, 10, 100, 1_000, 10_000, 100_000, 1_000_000),
        contenders=(OURS, FCALL),
        load=Load(pipeline=16),
    ),
)


def measure(run_count: int, scales: Sequence[Scale] = SCALES) -> Iterator[Table]:
    """A table and a chart for each scale."""
    install()
    if not REDIS_BENCHMARK.install():
        yield Table("Calls a second, scaled", ("not measured",), ((REDIS_BENCHMARK.how_to_install,),))
        return
    fewer = (run_count + 1) // 2
    for scale in scales:
        found: dict[str, list[Figure]] = {}
        with servers(DURABILITY, scale.contenders) as contenders:
            filled = 0
            for size in scale.sizes:
                if scale.what == "counters":
                    for server in contenders:
                        fill(server, range(filled, size))
                    filled = size
                for name, figure in alternate(contenders, scale.load_of(size), fewer).items():
                    found.setdefault(name, []).append(figure)
        yield table(scale, found)


def fill(server: Server, numbers: range) -> None:
    """Use each of these counters once, under the names that `redis-benchmark` gives them."""
    for start in range(numbers.start, numbers.stop, _FILLED_AT_ONCE):
        some = range(start, min(numbers.stop, start + _FILLED_AT_ONCE))
        ask_all(server.port, [server.keyed(f"/{number:012d}") for number in some])


def table(scale: Scale, found: dict[str, list[Figure]]) -> Table:
    """The figures of each contender by size, as a table and as a picture."""
    rows = tuple((name, *(figure.show() for figure in figures)) for name, figures in found.items())
    lines = [
        Line(name, [figure.median for figure in figures], colour=number)
        for number, (name, figures) in enumerate(found.items())
    ]
    chart = Chart(scale.title, scale.across, "calls a second", scale.sizes, lines, is_logarithmic=True)
    columns = (f"calls/s, by {scale.across}", *(f"{size:,}" for size in scale.sizes))
    remark = f"`redis-benchmark`, durability `{DURABILITY}`, medians."
    return Table(scale.title, columns, rows, remark, pictures=(Picture(scale.file, chart),))
