"""The table of takeovers: what is held to a limit, and what is said where redis-benchmark is not there."""

from __future__ import annotations

import takeover


def test_each_gap_of_a_takeover_is_held_to_the_limit_and_lost_calls_are_shown() -> None:
    alone, beside = [(1.0, 12.0, 0), (2.0, 14.0, 0), (3.0, 90.0, 0)], [(20.0, 60.0, 0), (30.0, 70.0, 3)]
    table = takeover.table({takeover.ALONE: alone, takeover.BESIDE: beside})
    assert [row[1:] for row in table.rows] == [
        ("2.0 [1.0 to 3.0]", "14.0 [12.0 to 90.0]", "0", "≤ 50 ms", "met"),
        ("25.0 [20.0 to 30.0]", "65.0 [60.0 to 70.0]", "2 [0 to 3]", "≤ 50 ms", "missed"),
    ]
    assert [goal.is_met for goal in table.goals] == [True, False]
    assert table.remark == ""


def test_without_redis_benchmark_the_table_says_so() -> None:
    table = takeover.table({takeover.ALONE: [(1.0, 12.0, 0)]})
    assert len(table.rows) == 1
    assert "`redis-benchmark` is not installed" in table.remark
