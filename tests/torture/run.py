"""Torture by the thousand: `make torture`, or

    PYTHONPATH=tests python -m torture.run --rounds 5000 --seed 7

Epochs take turns. One of a journal records a writer and cuts its power at some hundred operations, evenly spread and
others each time; then it kills writers, tears their writes, fills their disk and fails their syncs at operations drawn
by chance. One of a node has a node live again and again on one directory, under clients, until it is killed or its disk
fails. Two of the lives are recorded, and the power is cut at every operation of them, or around those by which another
process took the node over. An epoch that fails comes again with its seed alone; `--kind` leaves the other out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from random import Random

from torture.cuts import cut_life, record_life
from torture.lives import Lives
from torture.node import Nursery
from torture.rounds import cut_power, fail_at, recorded_run, scratch
from torture.shim import WRITER_FAULTS, Failing, Fault

_MOST_BATCHES = 200
_CUTS = 400
_OUTCOMES = 3
"""Of each power cut."""
_FAILURES = 6
"""Of each kind, in an epoch."""
_LIVES = 10
"""Of a node, in an epoch."""
_RECORDED = 2
_NODE_OUTCOMES = 1
_AROUND = 200
"""Moments before and after a node changes hands."""
_KINDS = ("journal", "node")


def main() -> int:
    """Torture for so many rounds; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--kind", choices=_KINDS, default=None)
    arguments = parser.parse_args()
    seed, started_s = arguments.seed, time.monotonic()
    kinds = _KINDS if arguments.kind is None else (arguments.kind,)
    seen: Counter[str] = Counter()
    while seen["rounds"] < arguments.rounds:
        for kind in kinds:
            try:
                epoch = journal_epoch if kind == "journal" else node_epoch
                seen["rounds"] += epoch(seed, seen)
            except BaseException:
                print(f"FAILED after {seen['rounds']} rounds: again with --kind {kind} --seed {seed}", flush=True)
                raise
            spent_s = time.monotonic() - started_s
            print(f"{seen['rounds']} rounds survived in {spent_s:.0f} s ({kind}, seed {seed})", flush=True)
        seed += 1
    print("\n".join(f"{count:>9}  {what}" for what, count in sorted(seen.items())))
    return 0


def journal_epoch(seed: int, seen: Counter[str]) -> int:
    """One recorded writer and all that is done to it and its like; returns how many rounds that was."""
    choose = Random(seed)
    batches = choose.randint(20, _MOST_BATCHES)
    with scratch() as within:
        recorded = recorded_run(within, batches)
        moments = len(recorded.operations)
        step = -(-moments // _CUTS)
        rounds = cut_power(recorded, within, range(choose.randrange(step), moments + 1, step), _OUTCOMES, choose)
        seen["journal: outcomes of power cuts"] += rounds
        for fault in WRITER_FAULTS:
            for at in choose.sample(range(1, moments + 1), _FAILURES):
                fail_at(within / f"{fault.value}-{at}", batches, Failing(fault, at, choose.randint(1, 5)))
                seen[f"journal: {fault.value}"] += 1
                rounds += 1
    return rounds


def node_epoch(seed: int, seen: Counter[str]) -> int:
    """The lives of a node on one directory, and the power cuts of some; returns how many rounds that was."""
    choose = Random(seed)
    recorded = set(choose.sample(range(_LIVES), _RECORDED))
    faults = (None, Fault.KILL, Fault.NO_SPACE, Fault.IO_ERROR, Fault.WRITE_ERROR)
    rounds = 0
    with scratch() as within, Nursery() as nursery, Nursery() as heirs:
        lives = Lives(
            within,
            nursery,
            choose,
            is_synced_behind=choose.random() < 0.4,
            is_cut_off=choose.random() < 0.5,
            heirs=heirs,
        )
        for number in range(_LIVES):
            rounds += 1
            if number not in recorded:
                lives.go_on()
                continue
            has_heir = choose.random() < 0.5
            fault = choose.choice(faults[:2] if has_heir else faults)
            failing = None if fault is None else Failing(fault, choose.randint(50, 400), choose.randint(1, 5))
            life = record_life(lives, failing, has_heir=has_heir)
            both = life.handing_over
            moments = (
                range(life.moments)[max(0, both.start - _AROUND) : both.stop + _AROUND] if both else range(life.moments)
            )
            cut = cut_life(life, within, moments, _NODE_OUTCOMES, choose, seen)
            seen["node: outcomes of power cuts"] += cut
            seen["node: moments of handing over at which the power was cut"] += len(life.handing_over)
            rounds += cut
    for what, count in (lives.seen | lives.book.told()).items():
        seen[f"node: {what}"] += count
    seen["node: entries"] += len(lives.history.placed)
    return rounds


if __name__ == "__main__":
    sys.exit(main())
