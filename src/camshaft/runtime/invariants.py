"""Whether the invariants of a program hold: of the states that an upgrade would give, and of the state after a step.

An invariant is a query without parameters that is true of each state. One that refuses or traps is broken as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from camshaft.errors import Refused, Trap, note_where
from camshaft.execution.interpreter import DEFAULT_FUEL
from camshaft.execution.whereabouts import whereabouts
from camshaft.runtime.catalog import Loaded, describe
from camshaft.runtime.migration import FUEL_PER_WEIGHT, rejection
from camshaft.values.address import Address
from camshaft.values.check import weight


def check_states(loaded: Loaded, machine: str, states: Iterable[tuple[str | None, Any]]) -> None:
    """Check the invariants of a program on the states that the instances of a machine would have, given by key.

    Each may use the fuel that a migration may. Raises `Rejected`, naming the instance and the invariant.
    """
    if not loaded.invariants:
        return
    for key, state in states:
        fuel = DEFAULT_FUEL + FUEL_PER_WEIGHT * weight(state)
        found = broken(loaded, loaded.make_cell(state), fuel)
        if found is not None:
            reason, error = found
            rejected = rejection(f"the instance {Address(machine, key)} would break an invariant: {reason}")
            if error is not None:
                rejected.where = whereabouts(error, loaded.verified.lines)
                note_where(rejected, rejected.where)
            raise rejected from error


def broken(loaded: Loaded, cell: Any, fuel: int) -> tuple[str, Refused | Trap | None] | None:
    """The first invariant that does not hold of a cell, in words, and what it raised; None where all of them hold."""
    for name in loaded.invariants:
        try:
            if loaded.run(name, (), cell, fuel) is not True:
                return f"`{name}` is false", None
        except (Refused, Trap) as error:
            return f"`{name}` ends with {describe(error)}", error
    return None
