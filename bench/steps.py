"""The time of one step, without node, journal and socket: compiled bytecode beside plain Python and the interpreter.

Rounds of the contenders alternate and each ratio is that of one round, so that what else the machine does hits both
sides. Times are those of this process only (`process_time`), without the garbage collector.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from camshaft.bytecode.verifier import Verified, verify
from camshaft.execution.interpreter import Interpreter
from camshaft.language.programs import compile_machine
from camshaft.simulation import simulate
from figures import Figure, Table, verdict
from machines import CASES
from machines.case import Case, observed

ROUNDS = 15
INTERPRETER_LIMIT = 40.0
"""How many times slower than compiled code the interpreter is, at least."""
INTERPRETED_SHARE = 20
"""The interpreter takes one input in so many: it is slow."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Two ways to take the same steps, timed in alternating rounds."""

    first_ns: Figure
    second_ns: Figure
    ratio: Figure
    """The second over the first, round by round."""


def measure(rounds: int) -> list[Table]:
    """The tables of the steps."""
    return [table_of_machines(rounds)]


def table_of_machines(rounds: int) -> Table:
    """A row for each machine: plain Python, compiled, interpreted."""
    return Table(
        f"One step, Python {sys.version.split()[0]}",
        ("machine", "plain ns", "compiled ns", "of plain", "limit", "", "interpreter", "limit", ""),
        tuple(_row(case, rounds) for case in CASES),
        "Plain is a hand-written class with `__slots__`. The interpreter's time is in times of the compiled one.",
    )


def _row(case: Case, rounds: int) -> tuple[str, ...]:
    verified = verify(compile_machine(case.machine).program)
    check(case, verified)
    compiled = contest(case, case.plain, partial(simulate, case.machine), case.inputs, rounds)
    few = case.inputs[: max(1, len(case.inputs) // INTERPRETED_SHARE)]
    interpreted = contest(case, partial(simulate, case.machine), partial(Interpreted, verified), few, rounds)
    return (
        case.title,
        compiled.first_ns.show(),
        compiled.second_ns.show(),
        compiled.ratio.show(2) + "x",
        f"≤ {case.limit}x",
        verdict(compiled.ratio.median <= case.limit),
        interpreted.ratio.show(0) + "x",
        f"≥ {INTERPRETER_LIMIT:.0f}x",
        verdict(interpreted.ratio.median >= INTERPRETER_LIMIT),
    )


class Interpreted:
    """A machine as the interpreter runs it, with the state that the last step left."""

    def __init__(self, verified: Verified) -> None:
        self._step = Interpreter(verified).step
        self.state = Interpreter(verified).initial_state()

    def __getattr__(self, name: str) -> Callable[..., object]:
        def call(*args: object) -> object:
            result, self.state = self._step(name, args, self.state)
            return result

        return call


def check(case: Case, verified: Verified) -> None:
    """That all contenders do the same. A benchmark of wrong answers would be fast as well."""
    expected = observed(case, case.plain(), case.inputs)
    if observed(case, simulate(case.machine), case.inputs) != expected:
        raise RuntimeError(f"{case.title}: compiled code and plain Python differ")
    few = case.inputs[: max(1, len(case.inputs) // INTERPRETED_SHARE)]
    interpreted, _ = observed(case, Interpreted(verified), few)
    nothing = ()
    if [None if one == nothing else one for one in interpreted] != expected[0][: len(few)]:
        raise RuntimeError(f"{case.title}: the interpreter and plain Python differ")


def contest(
    case: Case, first: Callable[[], Any], second: Callable[[], Any], inputs: Sequence[Any], rounds: int
) -> Contest:
    """Both take the same steps from a new machine on, in each round; the first round warms up and is not counted."""
    # CPython specialises the code of a call for what it called before. Each side has a copy of the driver to itself.
    drivers = [_copy(case.drive), _copy(case.drive)]
    runs: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        # Who goes first changes, so that neither always finds the caches as the other leaves them.
        order = (0, 1) if number % 2 else (1, 0)
        times = [0.0, 0.0]
        for which in order:
            machine = (first, second)[which]()
            times[which] = time_ns(partial(drivers[which], machine, inputs)) / len(inputs)
        runs.append((times[0], times[1]))
    counted = runs[1:]
    return Contest(
        Figure(tuple(one for one, _ in counted)),
        Figure(tuple(other for _, other in counted)),
        Figure(tuple(other / one for one, other in counted)),
    )


def time_ns(work: Callable[[], object]) -> int:
    """What one run takes of this process's time."""
    gc.collect()
    gc.disable()
    try:
        started = time.process_time_ns()
        work()
        return time.process_time_ns() - started
    finally:
        gc.enable()


def _copy(function: Callable[..., Any]) -> Callable[..., Any]:
    assert isinstance(function, types.FunctionType)
    return types.FunctionType(function.__code__.replace(), function.__globals__)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each measurement is repeated ({ROUNDS})")
    for table in measure(parser.parse_args().rounds):
        print(f"{table.show()}\n", flush=True)


if __name__ == "__main__":
    main()
