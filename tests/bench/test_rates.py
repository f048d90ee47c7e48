"""Loads are of whole flights: each connection calls as often as any other, and all that was called is counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from rates import Load


@given(some.integers(1, 1_000), some.integers(1, 128), some.floats(0, 2_000_000))
def test_a_run_is_of_whole_flights_and_of_about_as_many_calls_as_asked_for(
    connections: int, pipeline: int, calls: float
) -> None:
    load = Load(connections, pipeline)
    flight = connections * pipeline
    whole = load.whole(calls)
    assert whole % flight == 0
    assert whole >= flight
    assert abs(whole - calls) <= flight
