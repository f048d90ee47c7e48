"""`make bench`: measures, prints the tables, and writes them to bench/results/latest.md."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import memory
import pauses
import recovery
import steps
import throughput
from figures import Table

PARTS = ("throughput", "memory", "steps", "pauses", "recovery")
RESULTS = Path(__file__).parent / "results" / "latest.md"


def main() -> None:
    """Measure everything, or what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--runs", type=int, default=5, help="how often each measurement is repeated (5)")
    arguments = parser.parse_args()
    wanted = arguments.what or PARTS

    parts = [f"# Camshaft {version('camshaft')}, measured", _machine(arguments.runs)]
    print("\n\n".join(parts), flush=True)
    for what in wanted:
        part = _measure(what, arguments.runs, None if arguments.what else RESULTS.parent)
        print(f"\n{part}", flush=True)
        parts.append(part)
    if not arguments.what:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text("\n\n".join(parts) + "\n")
        print(f"\nwritten to {RESULTS.relative_to(Path.cwd())}" if RESULTS.is_relative_to(Path.cwd()) else "")


def _measure(what: str, run_count: int, pictures: Path | None) -> str:
    tables: Iterable[Table]
    match what:
        case "throughput":
            if not throughput.find_benchmark():
                return f"## Calls a second\n\nNot measured: {throughput.HOW_TO_INSTALL}"
            tables = throughput.measure(run_count)
        case "memory":
            tables = [memory.measure()]
        case "recovery":
            tables = recovery.measure(run_count)
        case "pauses":
            tables = pauses.measure(run_count)
        case _:
            # A round of these takes a second or two.
            tables = steps.measure(3 * run_count, pictures)
    return "\n\n".join(table.show() for table in tables)


def _machine(run_count: int) -> str:
    lines = [
        f"- machine: {_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        f"- Python {sys.version.split()[0]}, hiredis {version('hiredis')}, msgspec {version('msgspec')}, "
        f"uvloop {version('uvloop')}" + _redis_version(),
        f"- figures are medians of {run_count} runs (steps: of {3 * run_count}), with [least to greatest]",
    ]
    return "\n".join(lines)


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _redis_version() -> str:
    if shutil.which("redis-server") is None:
        return ""
    done = subprocess.run(["redis-server", "--version"], check=True, capture_output=True, text=True)
    return ", Redis " + next(word.removeprefix("v=") for word in done.stdout.split() if word.startswith("v="))


if __name__ == "__main__":
    main()
