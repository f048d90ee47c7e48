"""A till that came to its fourth version in one upgrade, and one that came there step by step."""

from __future__ import annotations

from itertools import pairwise

import camshaft as cam
from camshaft.bytecode.encoding import encode_program, program_id
from camshaft.bytecode.upgrade import Upgrade
from camshaft.evolution.chain import PreparedChain, Step, prepare_chain
from camshaft.journal.memory import MemoryJournal
from camshaft.language.compile import compile_adapter, compile_machine, compile_migration
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from generators import till_v1, till_v2, till_v3, till_v4

VERSIONS = tuple(map(compile_machine, (till_v1.Till, till_v2.Till, till_v3.Till, till_v4.Till)))
PROGRAMS = tuple(version.program for version in VERSIONS)
IDS = tuple(map(program_id, PROGRAMS))
WRITTEN = compile_migration(till_v4.as_entries)


def prepared() -> PreparedChain:
    """The upgrade from the first to the fourth version."""
    steps = [Step(old, new, WRITTEN if new is VERSIONS[-1] else None) for old, new in pairwise(VERSIONS)]
    adapters = [compile_adapter(each) for each in till_v4.ADAPTERS]
    return prepare_chain(steps, PROGRAMS[0], [WRITTEN], expected=IDS[0], upgrade_id="c" * 32, adapters=adapters)


CHAIN: Upgrade = prepared().upgrade


def a_first_one() -> Replica:
    """A replica with a till of 100 cents in its first version."""
    clock = iter(range(1_000_000))
    replica = Replica(MemoryJournal(), clock_us=lambda: next(clock))
    replica.deploy(encode_program(PROGRAMS[0]))
    replica.commit([Input("till", None, "pay", (100,), IDS[0])])
    return replica


def by_chain() -> Replica:
    """That one, after one upgrade."""
    replica = a_first_one()
    replica.upgrade(prepared().encoded)
    return replica


def by_steps() -> Replica:
    """That one, after three."""
    replica = a_first_one()
    replica.upgrade(cam.Upgrade(till_v1.Till, till_v2.Till).encode())
    replica.upgrade(cam.Upgrade(till_v2.Till, till_v3.Till).encode())
    last = cam.Upgrade(till_v3.Till, till_v4.Till, till_v4.as_entries, adapters=till_v4.ADAPTERS)
    replica.upgrade(last.encode())
    return replica
