"""`make bench`: measures, prints the tables, and writes them to bench/results/latest.md."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import eventsourced
import latency
import memory
import pauses
import recovery
import scaling
import steps
import surroundings
import takeover
import throughput
import tracing
from camshaft.cli.demo_processes import DemoFailed
from camshaft.errors import CamshaftError
from figures import Table
from page import Section, page, summary

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Family:
    """A section of the page, and how it is measured."""

    name: str
    title: str
    measure: Callable[[argparse.Namespace], Iterable[Table]]


FAMILIES = (
    Family("throughput", "Calls a second", lambda asked: throughput.measure(asked.runs)),
    Family("tracing", "What tracing costs when it is off", lambda asked: tracing.measure(3 * asked.runs)),
    Family("latency", "Latency", lambda asked: latency.measure(asked.runs)),
    Family("scaling", "More connections, calls and instances", lambda asked: scaling.measure(asked.runs)),
    Family("memory", "Memory", lambda _: [memory.measure()]),
    # A round of these takes a second or two.
    Family("steps", "Steps", lambda asked: steps.measure(3 * asked.runs)),
    Family("eventsourcing", "In one process", lambda asked: [eventsourced.measure(3 * asked.runs)]),
    Family("pauses", "Upgrades", lambda asked: pauses.measure(asked.runs)),
    Family("takeover", "A new process", lambda asked: takeover.measure(asked.runs)),
    Family("recovery", "Starting again", lambda asked: recovery.measure(asked.runs)),
)


def main() -> None:
    """Measure everything, or what the arguments name."""
    arguments = _arguments()
    wanted = [family for family in FAMILIES if not arguments.what or family.name in arguments.what]
    into = arguments.into or (None if arguments.what else RESULTS)
    title, started = f"Camshaft {version('camshaft')}, measured", time.monotonic()
    print(f"# {title}", flush=True)
    sections: list[Section] = []
    for family in wanted:
        print(f"\n## {family.title}", flush=True)
        sections.append(_section(family, arguments))
        if into is not None:
            # After each section: a run that is interrupted leaves what it has measured.
            missing = [other.name for other in FAMILIES if other.name not in {section.name for section in sections}]
            heading = [*surroundings.lines(), _counts(arguments.runs, time.monotonic() - started)]
            _write(into, page(title, heading, sections, missing), sections)
    print(f"\n{summary(sections)}")
    if into is not None:
        print(f"\nwritten to {into}/")
    failed = [section.name for section in sections if section.failure]
    if failed:
        sys.exit(f"not measured to the end: {', '.join(failed)}")


def _section(family: Family, arguments: argparse.Namespace) -> Section:
    """Measure and print. A section that fails says so on the page, and the others are measured all the same."""
    tables: list[Table] = []
    try:
        for table in family.measure(arguments):
            tables.append(table)
            print(f"\n{table.show()}", flush=True)
    except (RuntimeError, OSError, subprocess.SubprocessError, DemoFailed, CamshaftError) as error:
        print(f"\n{error}", flush=True)
        return Section(family.name, family.title, tuple(tables), f"{type(error).__name__}: {error}")
    return Section(family.name, family.title, tuple(tables))


def _counts(run_count: int, seconds: float) -> str:
    return (
        f"figures are medians of {run_count} runs (steps and tracing: of {3 * run_count}, curves: of fewer), with "
        f"[least to greatest]; all of this took {seconds / 60:.0f} minutes"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*(family.name for family in FAMILIES), []], help="all, if none")
    parser.add_argument("--runs", type=int, default=5, help="how often each measurement is repeated (5)")
    parser.add_argument(
        "--into", type=Path, help="where the page and its pictures are written; all go to bench/results"
    )
    return parser.parse_args()


def _write(into: Path, text: str, sections: Sequence[Section]) -> None:
    into.mkdir(exist_ok=True, parents=True)
    (into / "latest.md").write_text(text)
    for picture in (one for section in sections for table in section.tables for one in table.pictures):
        (into / picture.file).write_text(picture.chart.svg())


if __name__ == "__main__":
    main()
