"""The fuzz target: mutated programs by the million, none of which may raise a fault.

    PYTHONPATH=tests python -m fuzz.run --rounds 1000000 --seconds 3600 --seed 7

A run is cut into epochs. Each begins with the corpus and a generator of its own, made of the seed and its number, and
lets what verified mutate further; so a failure comes again with `--seed S --epoch E` alone.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from types import FrameType

from camshaft.bytecode.encoding import decode_program, encode_program
from camshaft.bytecode.text import disassemble
from camshaft.bytecode.verifier import Verified
from camshaft.errors import Rejected
from fuzz.corpus import corpus, sharing_corpus
from fuzz.judge import FUEL, Failure, judge
from fuzz.minimise import fails_alike, minimised
from generators.hands import Hands
from generators.mutations import Body, Mutator, bodies

TARGETS = ("programs", "ownership")
"""All programs, mutated blindly for the most part; or those of containers in containers, which change hands."""
_MUCH_FUEL = 200_000
"""Programs of containers in containers take as much, and few steps of theirs are to end early."""
EPOCH = 2_000
"""Rounds in an epoch."""
LONGEST_CODE = 300
"""What is longer than this does not mutate further: rounds stay short."""
PATIENCE_S = 20
"""A round that takes longer is a failure: checking is linear, running is bounded by fuel."""


@dataclass
class Failed:
    """A round that failed, and all that is needed to have it again."""

    seed: int
    epoch: int
    round: int
    failure: Failure
    data: bytes

    def report(self) -> str:
        """What happened, for people."""
        lines = [
            f"FAILED {self.failure.kind} (--seed {self.seed} --epoch {self.epoch}, round {self.round} of it)",
            f"  {self.failure}",
            f"  bytes: {self.data.hex()}",
        ]
        try:
            program = minimised(decode_program(self.data), fails_alike(self.failure.kind))
        except Rejected:
            return "\n".join(lines)  # no program: its bytes are all there is
        return "\n".join([*lines, "  the smallest program that fails alike:", disassemble(program)])


@dataclass
class Report:
    """What a run has seen."""

    seen: Counter[str] = field(default_factory=Counter)
    failures: list[Failed] = field(default_factory=list)
    seconds: float = 0.0

    def text(self) -> str:
        """The figures, for people."""
        rounds = self.seen["mutated"]
        lines = [f"{rounds} mutated programs in {self.seconds:.0f} s: {rounds / max(self.seconds, 0.001):.0f} a second"]
        lines += [f"  {count:>9}  {name}" for name, count in sorted(self.seen.items()) if name != "mutated"]
        lines.append(f"  {len(self.failures):>9}  failures")
        return "\n".join(lines)


def run_epoch(
    seed: int, epoch: int, rounds: int, report: Report, *, end: float = float("inf"), target: str = "programs"
) -> None:
    """Mutate and judge; failures and counts go to the report. Stops at `end` of `time.monotonic`."""
    random = Random(f"{seed} {epoch}")
    pool: list[Verified] = list(corpus() if target == "programs" else sharing_corpus())
    donors: list[Body] = [body for verified in pool for body in bodies(verified)]
    mutator = Mutator(random, donors) if target == "programs" else Hands(random, donors)
    for number in range(rounds):
        if number % 50 == 0 and time.monotonic() > end:
            return
        parent = random.choice(pool[-1000:] if random.random() < 0.5 else pool)
        if random.random() < 0.1:
            data = mutator.broken(encode_program(parent.program))
        else:
            data = encode_program(mutator.mutated(parent))
        report.seen["mutated"] += 1
        signal.alarm(PATIENCE_S)
        try:
            verified = judge(data, random, report.seen, FUEL if target == "programs" else _MUCH_FUEL)
        except Failure as failure:
            report.failures.append(Failed(seed, epoch, number, failure, data))
            continue
        finally:
            signal.alarm(0)
        if verified is not None and len(data) < 4 * LONGEST_CODE and encode_program(parent.program) != data:
            pool.append(verified)
            donors.extend(bodies(verified))


def run(seed: int, rounds: int, seconds: float, *, first_epoch: int = 0, target: str = "programs") -> Report:
    """A whole run, until the rounds are over or the time is."""
    report, started = Report(), time.monotonic()
    for epoch in range(first_epoch, first_epoch + -(-rounds // EPOCH)):
        left = min(EPOCH, rounds - (epoch - first_epoch) * EPOCH)
        kinds = len({failed.failure.kind for failed in report.failures})
        run_epoch(seed, epoch, left, report, end=started + seconds, target=target)
        report.seconds = time.monotonic() - started
        if report.seconds > seconds or kinds > 20:
            break
        if sys.stderr.isatty() or epoch % 25 == 24:
            print(report.text(), file=sys.stderr, flush=True)
    return report


def _too_slow(signum: int, frame: FrameType | None) -> None:
    raise Failure("time", f"a round takes more than {PATIENCE_S} s")


def main() -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=1_000_000, help="mutated programs in all")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--epoch", type=int, default=None, help="one epoch only, to have a failure again")
    parser.add_argument("--target", choices=TARGETS, default=TARGETS[0], help="what is mutated, and how")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _too_slow)
    seed = int(time.time()) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    rounds = options.rounds if options.epoch is None else EPOCH
    report = run(seed, rounds, options.seconds, first_epoch=options.epoch or 0, target=options.target)
    print(report.text())
    shown: set[str] = set()
    for failed in report.failures:
        if failed.failure.kind not in shown:
            shown.add(failed.failure.kind)
            print(failed.report(), flush=True)
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
