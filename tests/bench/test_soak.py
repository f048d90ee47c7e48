"""What soaking finds: memory that grows, calls that are lost; and a soak of two seconds."""

from __future__ import annotations

import pytest

from open_loop import Latencies
from soak import Plan, Soaked, soak, table

PLAN = Plan(seconds=2.0, share=0.1, upgrade_every_s=0.5, durability="everysec", sample_every_s=0.1)


def seen(memory_mib: list[float], calls: int = 10, counted: int = 10, full: int = 0) -> Soaked:
    taken = Latencies([(0.001, 8), (0.1, 2)])
    return Soaked(1_000, calls, counted, 1, 1, memory_mib, taken, full)


def test_memory_that_stays_is_flat_however_much_it_swings() -> None:
    assert all(goal.is_met for goal in seen([50.0, 51.0, 49.0, 60.0] * 100).goals)
    assert all(goal.is_met for goal in seen([20.0] * 19 + [50.0] * 200).goals), "it warms up"


def test_memory_that_grows_is_not_flat() -> None:
    memory, *_ = seen([50.0 + number / 10 for number in range(200)]).goals
    assert not memory.is_met


@pytest.mark.parametrize("wrong", [{"counted": 9}, {"counted": 11}, {"full": 1}])
def test_a_lost_call_a_call_counted_twice_and_a_full_collection_are_found(wrong: dict[str, int]) -> None:
    assert [goal.is_met for goal in seen([50.0] * 20, **wrong).goals].count(False) == 1


def test_latencies_are_those_of_all_calls() -> None:
    taken = Latencies([(0.002, 1), (0.001, 98), (0.5, 1)])
    assert [taken.share_ms(share) for share in (0.5, 0.98, 0.99, 1.0)] == [1.0, 1.0, 2.0, 500.0]


def test_a_node_that_is_upgraded_under_load_loses_no_call() -> None:
    soaked = soak(PLAN)
    assert soaked.upgrades >= 1
    assert soaked.calls == soaked.counted > 0
    assert "calls that were lost" in table(PLAN, soaked).show()
