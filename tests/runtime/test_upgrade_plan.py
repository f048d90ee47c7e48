"""A plan tries the migration on a sample, and no longer than a node can stand still for it."""

from __future__ import annotations

from itertools import count

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from camshaft.runtime.upgrade_plan import MOST_S, SAMPLE, UpgradePlan, plan_upgrade
from generators.machines import counter, counter_v2, merge, split, upgrade


def planned(instances: int, each_s: float) -> UpgradePlan:
    """A plan for a node with so many counters, of which each takes so long."""
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    program = replica.engine.machine("counter").loaded.id
    replica.commit([Input("counter", f"k{n}", "incr", (), program) for n in range(instances)])
    checked = replica.engine.check_upgrade(upgrade(counter(), counter_v2(), split(), merge()))
    ticks = count()
    return plan_upgrade(replica.engine.catalog, checked, lambda: next(ticks) * each_s)


def test_a_sample_is_as_large_as_it_may_be_where_instances_are_small() -> None:
    plan = planned(SAMPLE + 5, each_s=MOST_S / SAMPLE / 2)
    assert (plan.sample, plan.given_back) == (SAMPLE, SAMPLE)


@pytest.mark.parametrize(("each_s", "sample"), [(MOST_S / 3.5, 4), (MOST_S * 100, 1)])
def test_a_sample_ends_when_its_time_is_over(each_s: float, sample: int) -> None:
    plan = planned(50, each_s)
    assert (plan.sample, plan.given_back) == (sample, sample)
    assert plan.sample_us == int(sample * each_s * 1_000_000)
