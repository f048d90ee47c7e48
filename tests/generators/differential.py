"""Running one machine twice, as plain Python and as bytecode, and comparing everything that can be seen of it."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from camshaft import Machine, Refusal, fixed, simulate
from camshaft.language.compile import CompiledMachine, compile_machine
from camshaft.language.objects import to_value
from camshaft.language.occasion import FixedOccasion
from camshaft.language.pytypes import PyType, core
from camshaft.language.source import function_under
from camshaft.simulation import BACKENDS
from camshaft.values.codec import encode
from camshaft.values.times import to_datetime
from generators.occasions import KEY, SEED, TIME_US


@dataclass(frozen=True)
class Call:
    """One input: a method, and its arguments."""

    method: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None


@dataclass(frozen=True)
class Outcome:
    """How a step ended: `returned` with a result, `refused` with a refusal, or `trapped` with an exception's name.

    `where`: for one that failed, the line that did, as the machine's file has it.
    """

    kind: str
    value: Any
    where: str = field(default="", compare=False)


# What Python raises where the machine traps; anything else that a method raises is a mistake of the test.
_PYTHON_TRAPS = (KeyError, IndexError, ZeroDivisionError, AssertionError, ValueError, OverflowError)


def call(method: str, *args: Any, **kwargs: Any) -> Call:
    """An input, written as it is called."""
    return Call(method, args, kwargs)


def agree(machine: type[Machine], *calls: Call, **fields: Any) -> list[Any]:
    """Run the calls on both and compare results, refusals, traps and states after each. Gives the plain outcomes.

    All have the same time, key and random numbers, and draw on where their step before stopped: so they have to draw
    equally often and in the same order. A result is given as itself, a refusal as its object, a trap as the class of
    Python's exception.
    """
    compiled = compile_machine(machine)
    plain = machine(**copy.deepcopy(fields))
    both = [simulate(machine, backend=backend, **copy.deepcopy(fields)) for backend in BACKENDS]
    for simulated in both:
        assert _state(compiled, plain) == _state(compiled, simulated)
    around, *arounds = (fixed(now=to_datetime(TIME_US), seed=SEED, key=KEY) for _ in ("Python", *BACKENDS))
    outcomes = []
    for one in calls:
        before = copy.deepcopy(plain)
        files = (function_under(machine, one.method).__code__.co_filename, *compiled.function_files.values())
        expected = _step(plain, one, files, around)
        if expected.kind != "returned":
            plain = before  # plain Python does not undo a step that raised
        for simulated, its in zip(both, arounds, strict=True):
            found = _step(simulated, one, files, its)
            assert found == expected, f"{one}: bytecode {found}, Python {expected}"
            if found.where:
                assert found.where == expected.where, f"{one}: bytecode fails at {found.where}, Python {expected.where}"
            if expected.kind == "returned":
                result = compiled.methods[one.method].result
                # Values are compared by their bytes: `==` does not see the order of a dict.
                assert _bytes(result, found.value) == _bytes(result, expected.value), one
            assert _state(compiled, simulated) == _state(compiled, plain), f"{one}: {simulated!r}, Python {plain!r}"
        outcomes.append(expected.value)
    return outcomes


def _state(compiled: CompiledMachine, machine: Machine) -> bytes:
    return _bytes(compiled.state_type_py, machine)


def _bytes(type_: PyType, obj: Any) -> bytes:
    return encode(core(type_), to_value(type_, obj))


def _step(machine: Machine, one: Call, files: Collection[str], around: FixedOccasion) -> Outcome:
    try:
        with around:
            found = getattr(machine, one.method)
            # A property has been read by now.
            result = found(*copy.deepcopy(one.args), **copy.deepcopy(one.kwargs or {})) if callable(found) else found
    except Refusal as refusal:
        return Outcome("refused", refusal, place_in(refusal, *files))
    except _PYTHON_TRAPS as error:  # each kind of trap is one of these
        kind = next(kind for kind in _PYTHON_TRAPS if isinstance(error, kind))
        return Outcome("trapped", kind, place_in(error, *files))
    return Outcome("returned", result)


def place_in(error: BaseException, *files: str) -> str:
    """The place that an error names in a note, as bytecode does, or else the innermost frame in the machine's files."""
    noted: list[str] = getattr(error, "__notes__", [])
    if noted:
        return noted[-1]
    frames = list(traceback.walk_tb(error.__traceback__))
    own = [(frame.f_code, line) for frame, line in frames if frame.f_code.co_filename in files]
    if not own:
        return ""
    # A comprehension is a function of its own before Python 3.12: its line is right, its name is not the method's.
    method = [code.co_name for code, _ in own if not code.co_name.startswith("<")][-1]
    code, line = own[-1]
    return f"at {Path(code.co_filename).name} line {line}, in {method}"
