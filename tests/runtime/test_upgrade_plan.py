"""A plan tries the migration on a sample, and for no longer than it takes to tell."""

from __future__ import annotations

from itertools import count

import pytest

from camshaft.bytecode.encoding import encode_program
from camshaft.journal.memory import MemoryJournal
from camshaft.runtime.entries import Input
from camshaft.runtime.replica import Replica
from camshaft.runtime.upgrade_plan import MOST_S, SAMPLE, UpgradePlan
from generators.machines import counter, counter_v2, merge, split, upgrade
from generators.rollouts import BOUND

IN_PAIRS = upgrade(counter(), counter_v2(), split(), merge())


def planned(instances: int, each_s: float, proposal: bytes = IN_PAIRS) -> UpgradePlan:
    """A plan of an upgrade for a node with so many counters, of which each takes so long."""
    replica = Replica(MemoryJournal())
    replica.deploy(encode_program(counter()))
    program = replica.engine.machine("counter").loaded.id
    replica.commit([Input("counter", f"k{n}", "incr", (), program) for n in range(instances)])
    ticks = count()
    planning = replica.planning(proposal, lambda: next(ticks) * each_s)
    while planning.advance():
        pass
    return planning.found


def test_a_sample_is_as_large_as_it_may_be_where_instances_are_small() -> None:
    plan = planned(SAMPLE + 5, each_s=MOST_S / SAMPLE / 2)
    assert (plan.sample, plan.given_back) == (SAMPLE, SAMPLE)


@pytest.mark.parametrize(("each_s", "sample"), [(MOST_S / 3.5, 4), (MOST_S * 100, 1)])
def test_a_sample_ends_when_its_time_is_over(each_s: float, sample: int) -> None:
    plan = planned(50, each_s)
    assert (plan.sample, plan.given_back) == (sample, sample)
    assert plan.sample_us == pytest.approx(sample * each_s * 1_000_000, abs=1)


def test_checking_invariants_is_part_of_what_an_upgrade_takes() -> None:
    plan = planned(10, 0.5**10, upgrade(counter(), BOUND))
    assert (plan.sample, plan.sample_us, plan.waits, plan.held, plan.given_back) == (10, 9_765, True, 0, None)
