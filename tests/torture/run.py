"""Torture by the thousand: `make torture`, or

    PYTHONPATH=tests python -m torture.run --rounds 5000 --seed 7

An epoch records one writer and cuts its power at every operation; then it kills writers, tears their writes, fills
their disk and fails their syncs at operations drawn by chance. One that fails comes again with its seed alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from random import Random

from torture.rounds import cut_power, fail_at, recorded_run, scratch
from torture.shim import Failing, Fault

_MOST_BATCHES = 200
_OUTCOMES = 3
"""Of each power cut."""
_FAILURES = 6
"""Of each kind, in an epoch."""


def main() -> int:
    """Torture for so many rounds; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    rounds, seed = 0, arguments.seed
    while rounds < arguments.rounds:
        try:
            rounds += epoch(seed)
        except BaseException:
            print(f"FAILED after {rounds} rounds: again with --seed {seed}", flush=True)
            raise
        print(f"{rounds} rounds survived (seed {seed})", flush=True)
        seed += 1
    return 0


def epoch(seed: int) -> int:
    """One recorded writer and all that is done to it and its like; returns how many rounds that was."""
    choose = Random(seed)
    batches = choose.randint(20, _MOST_BATCHES)
    with scratch() as within:
        recorded = recorded_run(within, batches)
        moments = len(recorded.operations)
        rounds = cut_power(recorded, within, range(moments + 1), _OUTCOMES, choose)
        for fault in Fault:
            for at in choose.sample(range(1, moments + 1), _FAILURES):
                fail_at(within / f"{fault.value}-{at}", batches, Failing(fault, at, choose.randint(1, 5)))
                rounds += 1
    return rounds


if __name__ == "__main__":
    sys.exit(main())
