"""Running one machine twice, as plain Python and as bytecode, and comparing everything that can be seen of it."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from camshaft import Machine, Refusal, simulate
from camshaft.errors import Trap
from camshaft.language.compile import CompiledMachine, compile_machine
from camshaft.language.objects import to_value
from camshaft.simulation import BACKENDS
from camshaft.values.codec import encode


@dataclass(frozen=True)
class Call:
    """One input: a method, and its arguments."""

    method: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None


@dataclass(frozen=True)
class Outcome:
    """How a step ended: `returned` with a result, `refused` with a refusal, or `trapped` with an exception's name."""

    kind: str
    value: Any


# What Python raises where the machine traps; anything else that a method raises is a mistake of the test.
_PYTHON_TRAPS = (KeyError, IndexError, ZeroDivisionError, AssertionError, ValueError, OverflowError)


def call(method: str, *args: Any, **kwargs: Any) -> Call:
    """An input, written as it is called."""
    return Call(method, args, kwargs)


def agree(machine: type[Machine], *calls: Call, **fields: Any) -> list[Any]:
    """Run the calls on both and compare results, refusals, traps and states after each. Gives the plain outcomes.

    A result is given as itself, a refusal as its object, a trap as the class of Python's exception.
    """
    compiled = compile_machine(machine)
    plain = machine(**copy.deepcopy(fields))
    both = [simulate(machine, backend=backend, **copy.deepcopy(fields)) for backend in BACKENDS]
    for simulated in both:
        assert _state(compiled, plain) == _state(compiled, simulated)
    outcomes = []
    for one in calls:
        before = copy.deepcopy(plain)
        expected = _step(plain, one)
        if expected.kind != "returned":
            plain = before  # plain Python does not undo a step that raised
        for simulated in both:
            found = _step(simulated, one)
            assert found == expected, f"{one}: bytecode {found}, Python {expected}"
            if expected.kind == "returned":
                result = compiled.methods[one.method].result
                # Values are compared by their bytes: `==` does not see the order of a dict.
                assert encode(to_value(result, found.value)) == encode(to_value(result, expected.value)), one
            assert _state(compiled, simulated) == _state(compiled, plain), f"{one}: {simulated!r}, Python {plain!r}"
        outcomes.append(expected.value)
    return outcomes


def _state(compiled: CompiledMachine, machine: Machine) -> bytes:
    return encode(to_value(compiled.state_type_py, machine))


def _step(machine: Machine, one: Call) -> Outcome:
    try:
        result = getattr(machine, one.method)(*copy.deepcopy(one.args), **copy.deepcopy(one.kwargs or {}))
    except Refusal as refusal:
        return Outcome("refused", refusal)
    except Trap as trap:
        return Outcome("trapped", next(kind for kind in _PYTHON_TRAPS if isinstance(trap, kind)))
    except _PYTHON_TRAPS as error:
        return Outcome("trapped", next(kind for kind in _PYTHON_TRAPS if isinstance(error, kind)))
    return Outcome("returned", result)
