"""Replicas that run a till, which came to its version through those before it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.program import Program
from camshaft.evolution.upgrade import Upgrade
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_machine
from camshaft.runtime.entries import Input
from camshaft.runtime.outcomes import Outcome
from camshaft.runtime.replica import Replica
from camshaft.values.address import Address
from generators import till_v1, till_v2, till_v3

TILLS = (till_v1.Till, till_v2.Till, till_v3.Till)
PROGRAMS: tuple[Program, ...] = tuple(compile_machine(till).program for till in TILLS)
IDS = tuple(map(program_id, PROGRAMS))


def a_node(versions: int) -> Replica:
    """A replica with a till of 100 cents, which came to its version through those before."""
    clock = iter(range(1_000_000))
    replica = Replica(MemoryJournal(), clock_us=lambda: next(clock))
    replica.deploy(encode_program(PROGRAMS[0]))
    replica.commit([Input("till", None, "pay", (100,), IDS[0])])
    for old, new in pairwise(TILLS[:versions]):
        replica.upgrade(Upgrade(old, new).encode())
    return replica


def ran(replica: Replica, version: int, method: str, *arguments: Any) -> Outcome:
    """What becomes of an input that was made for a version, or of a query."""
    query = PROGRAMS[version - 1].method(method)
    assert query is not None
    if query.kind.value == "query":
        return replica.query(Address("till"), method, arguments, IDS[version - 1])
    return replica.commit([Input("till", None, method, arguments, IDS[version - 1])])[0]


def replayed(replica: Replica) -> Replica:
    """A replica that has read the journal of another, which can write no more once this one has."""
    again = Replica(replica.journal)
    again.recover()
    return again
