"""What is asked of the present state, between batches: one query, or the state itself. Nothing changes by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from camshaft.bytecode.occasion import Draws, Occasion
from camshaft.errors import Fault, Refused, Rejected, Trap
from camshaft.runtime.catalog import Prepared
from camshaft.runtime.inputs import failed
from camshaft.runtime.instances import Machine
from camshaft.runtime.outcomes import RefusedBy, Returned, StaleInput, Trapped
from camshaft.values.address import Address
from camshaft.values.check import is_long
from camshaft.values.types import Type

if TYPE_CHECKING:
    from camshaft.runtime.engine import Engine

When: TypeAlias = Callable[[], tuple[int, bytes]]
"""Gives the time in microseconds and a seed."""


def run_query(
    machine: Machine, key: str | None, prepared: Prepared, arguments: tuple[Any, ...], last_us: int, when: When | None
) -> Returned | RefusedBy | Trapped | StaleInput:
    """Run a query; an instance that does not exist is in its initial state and stays absent.

    `last_us` is the time of the last batch, `when` what is asked where the query asks for its occasion. Raises
    `Rejected` where the method is a command.
    """
    method = prepared.name
    if not prepared.is_query:
        raise Rejected(f"{machine.name}.{method} is a command: it may change the state and has to be journaled")
    loaded = prepared.loaded
    instance = machine.instance(key)
    try:
        cell = loaded.make_cell(loaded.initial) if instance is None else instance.cell_for(method, loaded)
        if prepared.asks_occasion:
            if when is None:
                address = Address(machine.name, key)
                raise Fault(f"a query of {address} asks for its occasion, and whoever runs it gave none")
            time_us, seed = when()
            # A query sees what the last batch wrote: it does not happen before that.
            occasion = Occasion(max(time_us, last_us), key or "", Draws(seed))
            result = loaded.run_on(occasion, method, arguments, cell, machine.fuel)
        else:
            result = loaded.run(method, arguments, cell, machine.fuel)
    except (Refused, Trap) as error:
        return failed(loaded, error)
    return prepared.returned(result)


def state_of(machine: Machine, key: str | None) -> tuple[Type, Any]:
    """The type and the value of an instance's state, the initial one where it does not exist; see `Engine.state`."""
    instance = machine.instance(key)
    if instance is None:
        loaded = machine.program_of(key)
        return loaded.state_type, loaded.initial
    return instance.loaded.state_type, instance.state


def is_large(engine: Engine, address: Address, most: int) -> bool:
    """Whether a state has more than so many parts, or is still being brought over, so that reading it takes long."""
    instance = engine.machine(address.machine).instance(address.key)
    return instance is not None and (instance.conversions is not None or is_long(instance.state, most))
