"""One mutated program, judged: bytes in, a verdict or a failure out.

Whatever the bytes, `load` rejects them or gives a verified program. Of that, both executions give the same results,
refusals, traps, states and use of fuel; anything else that is raised is a fault.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, TypeAlias

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.program import Method
from camshaft.bytecode.verifier import Verified, load
from camshaft.errors import OutOfFuel, Refused, Rejected, Trap
from camshaft.execution.compiler import Compiled
from camshaft.execution.interpreter import Interpreter
from camshaft.values.codec import encode_raw
from camshaft.values.conformance import conforms
from generators import samples
from generators.claims import Claiming
from generators.occasions import occasion
from generators.sharing import containers
from generators.speculating import Speculating

FUEL = 3_000
STEPS = 3
"""How many steps of each method run after each other on one cell."""


class Failure(AssertionError):
    """Camshaft does what it must not. `kind` is the same for what is likely the same bug."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def judge(data: bytes, random: Random, seen: Counter[str], fuel: int = FUEL) -> Verified | None:
    """The verified program, after its steps agreed, or None where it is rejected; outcomes are counted in `seen`.

    `fuel` is what most steps are given.

    Raises:
        Failure: there is a fault, or the executions disagree.
    """
    try:
        verified = load(data)
    except Rejected:
        seen["rejected"] += 1
        return None
    except Failure:
        raise  # the alarm of a round that takes too long
    except Exception as error:
        raise Failure(f"load: {type(error).__name__}", f"load raised {error!r}") from error
    seen["verified"] += 1
    if encode_program(verified.program) != data:
        raise Failure("encoding", "the program that was loaded has other bytes")
    _run(verified, random, seen, fuel)
    return verified


def _run(verified: Verified, random: Random, seen: Counter[str], most: int) -> None:
    program, interpreter = verified.program, Interpreter(verified)
    try:
        compiled, speculating = Compiled(verified), Speculating(verified, Claiming)
    except Failure:
        raise
    except Exception as error:
        raise Failure(f"compiler: {type(error).__name__}", f"the compiler raised {error!r}") from error
    started = outcome("interpreter", "the initial state", lambda: (interpreter.initial_state(most), None))
    seen[f"initial state {started[0]}"] += 1
    for method in program.methods:
        state = samples.value(random, program.state)
        if started[0] == "returned" and random.random() < 0.5:
            state = started[1]
        cells: list[tuple[Contender, Any]] = [(one, one.cell(state)) for one in (compiled, speculating)]
        for _ in range(STEPS):
            arguments = samples.value(random, method.domain)
            cost = verified.methods[method.name].code.cost
            fuel = most if random.random() < 0.7 else random.randint(0, cost + 20)
            step = Step(method, arguments, state, fuel)
            ended, state = agreed(step, interpreter, cells)
            if ended[0] == "returned" and not (conforms(method.result, ended[1]) and conforms(program.state, state)):
                raise Failure("type", f"{step}: {ended[1]!r} and {state!r} are not of their types")
            seen[f"step {'out of fuel' if ended[1] == OutOfFuel.kind else ended[0]}"] += 1


Contender: TypeAlias = Compiled | Speculating
"""What has to agree with the interpreter."""


@dataclass(frozen=True)
class Step:
    """A method, and what it runs on."""

    method: Method
    arguments: tuple[Any, ...]
    state: Any
    fuel: int

    def __str__(self) -> str:
        return f"{self.method.name} with fuel {self.fuel} on arguments {self.arguments!r} and state {self.state!r}"

    def run(self, execution: Interpreter | Contender) -> tuple[Any, Any]:
        """The result and the state after it."""
        return execution.step(self.method.name, self.arguments, self.state, self.fuel, occasion())

    def run_on(self, execution: Contender, cell: Any) -> tuple[Any, Any]:
        """The result, with the state after it left in the cell."""
        return execution.run_on(occasion(), self.method.name, self.arguments, cell, self.fuel), None


def agreed(step: Step, interpreter: Interpreter, cells: list[tuple[Contender, Any]]) -> tuple[tuple[Any, ...], Any]:
    """How a step ends in all executions, and on their cells, which live on and hold the same state; the state after it.

    Raises:
        Failure: there is a fault, or they disagree.
    """
    before = encode_raw(step.arguments), encode_raw(step.state)
    expected = outcome("interpreter", step, lambda: step.run(interpreter))
    after = expected[2] if expected[0] == "returned" else step.state
    for compiled, cell in cells:
        found = outcome("compiled", step, partial(step.run, compiled))
        if _comparable(found) != _comparable(expected):
            raise Failure("disagree", f"{step}: compiled {found}, interpreter {expected}")
        result = outcome("cell", step, partial(step.run_on, compiled, cell))
        check_apart(step, compiled.state_of(cell), result)
        if encode_raw(compiled.state_of(cell)) != encode_raw(after):
            raise Failure("cell", f"{step}: the cell holds {compiled.state_of(cell)!r}, the interpreter {after!r}")
    if (encode_raw(step.arguments), encode_raw(step.state)) != before:
        raise Failure("arguments", f"{step}: a step changed what it was given")
    return expected, after


def check_apart(step: Step, state: Any, result: tuple[Any, ...]) -> None:
    """Nothing in a cell is there twice, or belongs to somebody else: whoever changed one would change both."""
    held = list(containers(state))
    if len(set(held)) != len(held):
        raise Failure("two places", f"{step}: a container is at two places of {state!r}")
    if set(held) & {*containers(result), *containers(step.arguments), *containers(step.state)}:
        raise Failure("two owners", f"{step}: a container of {state!r} is elsewhere, too")


def outcome(who: str, what: object, run: Callable[[], tuple[Any, Any]]) -> tuple[Any, ...]:
    """How something ended: returned, refused or trapped, and with what.

    Raises:
        Failure: in none of these ways.
    """
    try:
        return ("returned", *run())
    except Refused as refused:
        return ("refused", refused.name, refused.payload)
    except Trap as trap:
        return ("trapped", trap.kind)
    except Failure:
        raise
    except Exception as error:
        raise Failure(f"{who}: {type(error).__name__}", f"{who}: {what} raised {error!r}") from error


def _comparable(ended: tuple[Any, ...]) -> bytes:
    """By canonical bytes: Python's `==` does not see the order of a map, nor that True is not 1."""
    return b"".join(encode_raw(part) for part in ended)
