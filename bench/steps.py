"""The time of one step, without node, journal and socket: bytecode in the interpreter beside plain Python."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from camshaft.bytecode.encoding import encode_program
from camshaft.bytecode.verifier import load
from camshaft.execution.interpreter import Interpreter
from camshaft.language.compile import compile_file
from figures import Figure, Table
from throughput import COUNTER

_STEPS = 50_000


def measure(run_count: int) -> Table:
    """Nanoseconds for one `incr` of the counter."""
    (counter,) = compile_file(COUNTER).machines
    interpreter = Interpreter(load(encode_program(counter.program)))
    machine: Any = counter.cls()
    interpreted, plain = [], []
    for _ in range(run_count):
        interpreted.append(_time_interpreter_ns(interpreter))
        plain.append(_time_plain_ns(machine.incr))
    figures = Figure(tuple(interpreted)), Figure(tuple(plain))
    rows = (
        ("interpreter", figures[0].show(), figures[0].over(figures[1])),
        ("plain Python", figures[1].show(), "1.00x"),
    )
    title = f"One step: `Counter.incr`, Python {sys.version.split()[0]}"
    return Table(title, ("how", "ns/step", "of plain Python"), rows)


def _time_interpreter_ns(interpreter: Interpreter) -> float:
    state: Any = interpreter.initial_state()
    started = time.perf_counter_ns()
    for _ in range(_STEPS):
        _, state = interpreter.step("incr", (), state)
    return (time.perf_counter_ns() - started) / _STEPS


def _time_plain_ns(incr: Callable[[], None]) -> float:
    started = time.perf_counter_ns()
    for _ in range(_STEPS):
        incr()
    return (time.perf_counter_ns() - started) / _STEPS
