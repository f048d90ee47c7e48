"""A second engine that begins where another stands, and goes its own way: what was, once more, or what would be.

Nothing that one of the two does is seen by the other. Programs are shared, since they never change.
"""

from __future__ import annotations

from msgspec.structs import replace

from camshaft.runtime.engine import Engine
from camshaft.runtime.instances import Machine
from camshaft.runtime.stages import Stage


def forked(engine: Engine, machine: str | None = None) -> Engine:
    """An engine with the machines, or with the one machine, of another, in their present states."""
    fork = Engine(engine.past)
    fork.position, fork.time_us = engine.position, engine.time_us
    fork._answers.update(engine._answers)
    fork.catalog = engine.catalog.only(engine.catalog.programs)
    for name, one in engine.machines.items():
        if machine is None or name == machine:
            copy = fork.machines[name] = _copied(one)
            if one.rollout is not None:
                copy.rollout = fork.rollouts.running[name] = one.rollout.forked(fork.catalog, copy)
    return fork


def _copied(machine: Machine) -> Machine:
    copy = Machine(machine.name, machine.loaded)
    copy.fuel = machine.fuel
    copy.history.extend(machine.history)
    copy.retired.update(machine.retired)
    copy.retries = machine.retries.copied()
    copy.passed.update(machine.passed)
    for key, instance in machine.each():
        loaded = instance.loaded
        stage = None if loaded is machine.loaded else Stage(loaded)
        copy.add(key, loaded.make_cell(instance.state), stage)
    for each in machine.undoable:
        # Each of the two may go back, and let go of what is kept.
        copy.undoable.append(replace(each, kept=None if each.kept is None else each.kept.copied()))
    return copy
