"""The machines of `machines/`: compiled bytecode beside plain Python, and the interpreter beside compiled bytecode."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from camshaft.bytecode.verifier import Verified, verify
from camshaft.execution.interpreter import Interpreter
from camshaft.language.programs import compile_machine
from camshaft.simulation import simulate
from contest import contest
from figures import Goal, Table, at_least, at_most
from machines import CASES
from machines.case import Case, observed

INTERPRETER_LIMIT = 40.0
"""How many times slower than compiled code the interpreter is, at least."""
_INTERPRETED_SHARE = 20
"""The interpreter takes one input in so many: it is slow."""


def measure(rounds: int) -> Table:
    """A row for each machine."""
    measured = [_row(case, rounds) for case in CASES]
    return Table(
        "One step, compiled, of plain Python",
        ("machine", "plain ns", "compiled ns", "of plain", "limit", "", "interpreter", "limit", ""),
        tuple(row for row, _ in measured),
        "Plain is a hand-written class with `__slots__`. The interpreter's time is in times of the compiled one.",
        tuple(goal for _, goals in measured for goal in goals),
    )


def _row(case: Case, rounds: int) -> tuple[tuple[str, ...], tuple[Goal, Goal]]:
    verified = verify(compile_machine(case.machine).program)
    check(case, verified)
    compiled = contest(case.drive, case.plain, partial(simulate, case.machine), case.inputs, rounds)
    few = case.inputs[: max(1, len(case.inputs) // _INTERPRETED_SHARE)]
    # As few steps of compiled code would take less than what the collection before each round left cold in the caches.
    fast, slow = partial(simulate, case.machine), partial(Interpreted, verified)
    interpreted = contest(case.drive, fast, slow, case.inputs, rounds, few)
    beside_plain = at_most(f"{case.title}: compiled, of plain Python", compiled.ratio.median, case.limit)
    beside_interpreter = at_least(
        f"{case.title}: the interpreter, of compiled", interpreted.ratio.median, INTERPRETER_LIMIT, digits=0
    )
    row = (
        case.title,
        compiled.first_ns.show(),
        compiled.second_ns.show(),
        compiled.ratio.show(2) + "x",
        *beside_plain.cells,
        interpreted.ratio.show(0) + "x",
        *beside_interpreter.cells,
    )
    return row, (beside_plain, beside_interpreter)


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
    few = case.inputs[: max(1, len(case.inputs) // _INTERPRETED_SHARE)]
    interpreted, _ = observed(case, Interpreted(verified), few)
    nothing = ()  # as a value, None is the empty record
    if [None if one == nothing else one for one in interpreted] != expected[0][: len(few)]:
        raise RuntimeError(f"{case.title}: the interpreter and plain Python differ")
