"""The time of one step, without node, journal and socket, and what it takes to get to the first one.

`python bench/steps.py` prints these tables alone, in less than two minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import compiling
import libraries
import loading
import machine_steps
import state_size
import trials
from figures import Table

ROUNDS = 15


def measure(rounds: int, pictures: Path | None = None) -> Iterator[Table]:
    """All tables of this page, each as soon as it is there; pictures are drawn where there is a directory for them."""
    yield machine_steps.measure(rounds)
    yield libraries.measure(rounds)
    yield loading.measure(rounds)
    yield trials.measure(rounds)
    yield compiling.measure(max(1, rounds // 3))
    yield state_size.measure(rounds, pictures)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each measurement is repeated ({ROUNDS})")
    parser.add_argument("--pictures", type=Path, help="a directory to draw the curve of state sizes in, as SVG")
    arguments = parser.parse_args()
    for table in measure(arguments.rounds, arguments.pictures):
        print(f"{table.show()}\n", flush=True)


if __name__ == "__main__":
    main()
