"""The time of a step against the size of the state: one entry of a dict of one to a million is written.

A step may not read or copy what it does not touch. Two series of keys tell that apart from the machine's caches: a few
keys from all over the dict, whose entries are in the caches, and any keys, each of which is a walk to memory where
the dict is large. Plain Python beside it walks as far.

Sizes and contenders take turns. A round draws its keys anew: where entries happen to lie in memory, and which of them
push each other out of a cache, differs between sizes for any one choice. Steps on a few keys are run several times
over, and the least time counts: what else the machine does only adds. The figure is the median of these. There are many
rounds, since the machine is slower for seconds at a time; and nothing is collected, since nothing here is cyclic.
"""

from __future__ import annotations

import gc
import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from camshaft import Machine
from camshaft.simulation import simulate
from contest import own_copy
from curve import Chart, Line
from figures import Figure, Goal, Picture, Table, at_most

SIZES = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
LIMIT = 1.3
"""The greatest median over the least, among the sizes."""
FEW_KEYS = 64
_STEPS = 2_000
_REPEATS = 6
_MORE_ROUNDS = 4
"""How many times as many as of other measurements: a round of these takes a tenth of a second."""
CONTENDERS = ("compiled", "plain")
CHART = "state-size.svg"
_REMARK = f"""\
The {FEW_KEYS} entries are from all over the dict and are in the processor's caches. Any entry of a large dict is not:
there the step waits for memory, as the row of plain Python shows, which grows more, and the limit is missed. "Of plain"
is what compiled code takes of plain Python's time with the same dict: what grows there would be Camshaft's own."""


class Stock(Machine):
    counts: dict[str, int] = {}

    def replace(self, sku: str, count: int) -> None:
        self.counts[sku] = count

    def renew(self, sku: str, count: int) -> None:
        del self.counts[sku]
        self.counts[sku] = count


class PlainStock:
    __slots__ = ("counts",)

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts

    def replace(self, sku: str, count: int) -> None:
        self.counts[sku] = count

    def renew(self, sku: str, count: int) -> None:
        del self.counts[sku]
        self.counts[sku] = count


Input = tuple[str, int]


def replace(stock: Stock | PlainStock, inputs: Sequence[Input]) -> None:
    replace_ = stock.replace
    for sku, count in inputs:
        replace_(sku, count)


def renew(stock: Stock | PlainStock, inputs: Sequence[Input]) -> None:
    renew_ = stock.renew
    for sku, count in inputs:
        renew_(sku, count)


@dataclass(frozen=True, slots=True)
class Series:
    """A kind of step, measured at every size."""

    title: str
    drive: Callable[[Any, Sequence[Input]], None]
    keys: int
    """How many keys of the dict are written, at most."""


SERIES = (
    Series(f"replace one of {FEW_KEYS} entries", replace, FEW_KEYS),
    Series(f"delete and insert one of {FEW_KEYS} entries", renew, FEW_KEYS),
    Series("replace any entry", replace, SIZES[-1]),
    Series("delete and insert any entry", renew, SIZES[-1]),
)


def measure(rounds: int) -> Table:
    """The curves, as a table and as a picture."""
    # In a process of its own: what was measured before leaves a scattered heap, and every write here makes an integer.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        found = process.submit(curves, rounds).result()
    return table(found)


def table(found: dict[tuple[str, str], list[Figure]]) -> Table:
    """The figures by kind of step and contender, each a list by size."""
    rows: list[tuple[str, ...]] = []
    goals: list[Goal] = []
    for series in SERIES:
        compiled, plain = ([figure.median for figure in found[series.title, one]] for one in CONTENDERS)
        ratios = [ours / other for ours, other in zip(compiled, plain, strict=True)]
        what = f"{series.title}, from 1 to {SIZES[-1]:,}: greatest over least (plain Python: {growth(plain):.2f}x)"
        goal = at_most(what, growth(compiled), LIMIT)
        goals.append(goal)
        rows += [
            (f"{series.title}, compiled", *(f"{one:,.0f}" for one in compiled), goal.figure, *goal.cells),
            ("… plain Python", *(f"{one:,.0f}" for one in plain), f"{growth(plain):.2f}x", "", ""),
            ("… compiled, of plain", *(f"{one:.2f}x" for one in ratios), f"{growth(ratios):.2f}x", "", ""),
        ]
    columns = ("ns a step, by entries in the dict", *(f"{size:,}" for size in SIZES), "greatest/least", "limit", "")
    title, pictures = "A step against the size of the state", (Picture(CHART, chart(found)),)
    return Table(title, columns, tuple(rows), _REMARK, tuple(goals), pictures)


def growth(medians: Sequence[float]) -> float:
    """The greatest median over the least."""
    return max(medians) / min(medians)


def curves(rounds: int) -> dict[tuple[str, str], list[Figure]]:
    """The figures by size, of each kind of step and each contender. Rounds go through all sizes in turn."""
    stocks = [(simulate(Stock, counts=entries(size)), PlainStock(entries(size))) for size in SIZES]
    found: dict[tuple[str, str], list[Figure]] = {}
    gc.collect()
    gc.disable()
    for series in SERIES:
        drivers = (own_copy(series.drive), own_copy(series.drive))
        runs: dict[tuple[str, int], list[float]] = {}
        for number in range(rounds * _MORE_ROUNDS + 1):
            for size, stocks_of_size in zip(SIZES, stocks, strict=True):
                steps = inputs(size, series.keys, seed=number)
                for contender, driver, stock in zip(CONTENDERS, drivers, stocks_of_size, strict=True):
                    each = _step_ns(series, partial(driver, stock, steps), steps)
                    if number > 0:  # the first round warms up
                        runs.setdefault((contender, size), []).append(each)
        for contender in CONTENDERS:
            found[series.title, contender] = [Figure(tuple(runs[contender, size])) for size in SIZES]
    if any(compiled.counts != plain.counts for compiled, plain in stocks):
        raise RuntimeError("compiled code and plain Python left different stocks")
    return found


def _step_ns(series: Series, work: Callable[[], object], steps: Sequence[Input]) -> float:
    if series.keys == FEW_KEYS:
        return min(_timed_ns(work) for _ in range(_REPEATS)) / len(steps)
    _read(steps)
    return _timed_ns(work) / len(steps)


def _timed_ns(work: Callable[[], object]) -> int:
    started = time.process_time_ns()
    work()
    return time.process_time_ns() - started


def entries(size: int) -> dict[str, int]:
    """The dict of a stock."""
    return {key(index): index for index in range(size)}


def inputs(size: int, key_count: int, seed: int) -> list[Input]:
    """Writes to keys that are there. Each is a text of its own, as those that come over a network are."""
    choose = random.Random(seed)
    written = choose.sample(range(size), key_count) if key_count < size else range(size)
    return [(key(choose.choice(written)), choose.randrange(1_000_000)) for _ in range(_STEPS)]


def _read(steps: Sequence[Input]) -> int:
    """Read the inputs, as a node just has, but not the state: waiting for inputs would hide what the state costs."""
    return sum(hash(sku) ^ count for sku, count in steps)


def key(index: int) -> str:
    """Keys of one length, whatever the size, so that they cost the same to compare."""
    return f"sku-{index:06d}"


def chart(found: dict[tuple[str, str], list[Figure]]) -> Chart:
    """The medians as lines: a colour for each kind of step, plain Python dashed."""
    titles = [series.title for series in SERIES]
    lines = [
        Line(
            f"{title}, {contender}",
            [figure.median for figure in figures],
            colour=titles.index(title),
            is_dashed=contender != CONTENDERS[0],
        )
        for (title, contender), figures in found.items()
    ]
    return Chart("A step against the size of the state", "entries in the dict", "ns a step", SIZES, lines)
