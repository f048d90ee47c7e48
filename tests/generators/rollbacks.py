"""Replicas whose machines go back: a counter that two versions share, and all that a rollback could change of it."""

from __future__ import annotations

from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.instances import Machine
from camshaft.runtime.outcomes import RolledBack
from camshaft.runtime.replica import Replica
from camshaft.runtime.undoable import Undoable
from camshaft.values.codec import encode
from generators.machines import (
    counter,
    counter_v2,
)

V1, V2 = counter(), counter_v2()
ONE, TWO = program_id(V1), program_id(V2)
ID = "0" * 32


def running(program: Program = V1) -> Replica:
    """A replica with counters at 2 and 4; its clock counts, and its seeds are told apart."""
    clock = iter(range(1_000_000))
    replica = Replica(MemoryJournal(), clock_us=lambda: next(clock), seed=lambda: str(replica.engine.position).encode())
    replica.deploy(encode_program(program))
    if program.name == "counter":
        replica.commit([Input("counter", key, "add", (n,), program_id(program)) for key, n in ((None, 2), ("ann", 4))])
    return replica


def incr(key: str | None = None, interface: str = TWO) -> Input:
    return Input("counter", key, "incr", (), interface)


def back(replica: Replica, way: str | None = None, id_: str = ID, machine: str = "counter") -> RolledBack:
    """Roll back what is the last upgrade now."""
    checked = replica.engine.check_rollback(machine, way=way)
    return replica.rollback(id_, machine, checked.undoable.position, checked.way)


def states(replica: Replica, machine: str = "counter") -> dict[str | None, Any]:
    return dict(replica.engine.machines[machine].states())


def kept(machine: Machine, undoable: Undoable) -> Any:
    """The states that are kept of an upgrade for the way back."""
    if "replay" not in undoable.ways:
        return None
    return [(key, encode(undoable.before.state_type, state)) for key, state in machine.as_before(undoable).states()]


def picture(replica: Replica) -> Any:
    """All that a rollback could change, with what is kept for the next one."""
    return [
        (
            machine.loaded.id,
            [(key, each.loaded.id, encode(each.loaded.state_type, each.state)) for key, each in machine.each()],
            machine.fuel,
            machine.history,
            [
                (each.position, each.before.id, each.after.id, each.ways, kept(machine, each))
                for each in machine.undoable
            ],
        )
        for machine in replica.engine.machines.values()
    ]


def check_replicas_agree(replica: Replica) -> None:
    """Whoever folds the journal arrives at the same: at recovery, and on any other replica."""
    other = Replica(replica.journal)
    other.recover()
    assert picture(other) == picture(replica)
    assert other.engine._answers == replica.engine._answers
