"""Mutants of the corpus: each is refused with diagnostics, or means what Python means. Nothing else may happen.

PYTHONPATH=tests python -m corpus.mutants --rounds 10000 --seed 7
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from camshaft.errors import OutOfFuel
from camshaft.language.compile import CompileError
from corpus.judge import Program, judge
from corpus.programs import accepted
from generators.python_mutations import mutant

FUEL: Final = 200_000
"""What uses more is left alone: as plain Python it might take for ever."""
_LIMITS: Final = ("OverflowError", "ValueError")
"""Traps of limits that Python does not have: of sizes, of NaN, of letters beyond ASCII."""


class Failed(AssertionError):
    """A mutant on which something failed, with its text."""


def run(seed: int, rounds: int) -> Counter[str]:
    """What became of so many mutants. Raises Failed with the first that is neither refused nor means the same."""
    random = Random(f"mutants {seed}")
    seen: Counter[str] = Counter()
    with TemporaryDirectory() as directory, warnings.catch_warnings():
        # Python warns of much that it compiles all the same: `1()`, `() is ()`.
        warnings.simplefilter("ignore", SyntaxWarning)
        for number in range(rounds):
            path = random.choice(accepted())
            text = mutant(random, path.read_text())
            if text is None:
                seen["no Python"] += 1
                continue
            file = Path(directory) / f"mutant{number}.py"
            file.write_text(text)
            try:
                seen[_became(file)] += 1
            except Exception as error:
                raise Failed(f"seed {seed}, round {number}, of {path.parent.name}/{path.stem}:\n{text}") from error
    return seen


def _became(file: Path) -> str:
    try:
        program = Program(file)
    except CompileError:
        return "refused"
    program.beyond_python = _LIMITS
    program.may_not_end = True
    try:
        judge(program, FUEL)
    except OutOfFuel:
        return "out of fuel"
    return "agreed"


def main() -> None:
    """Run as many rounds as asked for, and print what became of the mutants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(dict(run(options.seed, options.rounds)))


if __name__ == "__main__":
    main()
