"""The time of one step, without node, journal and socket: bytecode compiled and interpreted, beside plain Python."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.verifier import load
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import compile_file
from camshaft.simulation import simulate
from figures import Figure, Table
from throughput import COUNTER

_STEPS = 50_000


def measure(run_count: int) -> Table:
    """Nanoseconds for one `incr` of the counter."""
    (counter,) = compile_file(COUNTER).machines
    verified = load(encode_program(counter.program))
    interpreter = Interpreter(verified)
    machine: Any = counter.cls()
    simulated: Any = simulate(counter.cls)
    runs: dict[str, list[float]] = {"plain Python": [], "compiled bytecode": [], "interpreter": []}
    for _ in range(run_count):
        runs["plain Python"].append(_time_ns(machine.incr))
        runs["compiled bytecode"].append(_time_ns(simulated.incr))
        runs["interpreter"].append(_time_interpreter_ns(interpreter))
    figures = {name: Figure(tuple(each)) for name, each in runs.items()}
    plain = figures["plain Python"]
    rows = tuple((name, figure.show(), figure.over(plain)) for name, figure in figures.items())
    title = f"One step: `Counter.incr`, Python {sys.version.split()[0]}"
    return Table(title, ("how", "ns/step", "of plain Python"), rows)


def _time_interpreter_ns(interpreter: Interpreter) -> float:
    state: Any = interpreter.initial_state()
    started = time.perf_counter_ns()
    for _ in range(_STEPS):
        _, state = interpreter.step("incr", (), state)
    return (time.perf_counter_ns() - started) / _STEPS


def _time_ns(incr: Callable[[], object]) -> float:
    started = time.perf_counter_ns()
    for _ in range(_STEPS):
        incr()
    return (time.perf_counter_ns() - started) / _STEPS
