"""What a turn takes on: what is short always, what is long one at a time and in turn, and nobody is forgotten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft.node.clients import Clients
from camshaft.node.connection import Connection
from camshaft.node.limits import DEFAULT_LIMITS
from camshaft.node.pacing import BRIEF_S, TURN_S, UNKNOWN_S, Gauge, Pace, Timed
from camshaft.runtime.entries import Input

LONG_S = 20 * TURN_S


def clients(count: int) -> list[Connection]:
    them = Clients(DEFAULT_LIMITS, count, lambda _: None)
    return [them.connection() for _ in range(count)]


def test_the_first_long_call_of_a_turn_has_room_and_the_second_has_not() -> None:
    pace, (one, other) = Pace(), clients(2)
    assert pace.begin() == []
    assert pace.admits(one, Gauge(LONG_S), 0)
    assert not pace.admits(other, Gauge(LONG_S), 0)
    assert pace.held == [other]
    assert other.is_awake


def test_what_is_short_goes_past_what_is_long() -> None:
    pace, (one,) = Pace(), clients(1)
    pace.begin()
    assert pace.admits(one, Gauge(LONG_S), 0)
    assert pace.admits(one, Gauge(BRIEF_S), 1)
    assert pace.admits(one, None, 2)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=120))
def test_everybody_who_is_held_comes_before_anybody_comes_twice(waiting: list[int]) -> None:
    """Each client has so many long calls, and all of them have come at once."""
    pace, them = Pace(), clients(len(waiting))
    left = dict(zip(them, waiting, strict=True))
    ran: list[Connection] = []
    ready = list(them)
    while any(left.values()):
        ready = [*pace.begin(), *ready]
        before = len(ran)
        for each in ready:
            taken = 0
            while left[each] and pace.admits(each, Gauge(LONG_S), taken):
                taken += 1
                left[each] -= 1
                ran.append(each)
        ready = []
        assert len(ran) == before + 1, "one long call in each turn"
    for number in range(1, 6):
        # All who have so many calls have had that many before anybody has one more.
        rounds = [each for each, count in zip(them, waiting, strict=True) if count >= number]
        reached = max((nth(ran, each, number) for each in rounds), default=0)
        assert all(
            nth(ran, each, number + 1) > reached for each, count in zip(them, waiting, strict=True) if count > number
        )


def nth(ran: list[Connection], which: Connection, number: int) -> int:
    """When a client came for the nth time."""
    return [at for at, each in enumerate(ran) if each is which][number - 1]


def test_what_happens_once_is_not_what_a_method_takes() -> None:
    gauge = Gauge(UNKNOWN_S)
    gauge.ran_together(LONG_S, BRIEF_S, 1.0)
    assert gauge.cost_s <= UNKNOWN_S
    for second in range(2, 100):
        gauge.ran_together(LONG_S if second % 7 == 0 else 0.0, 0.0, float(second))
    assert gauge.cost_s <= BRIEF_S


def test_what_was_slow_twice_is_remembered_for_a_while_and_kept_up_by_one() -> None:
    gauge = Gauge(UNKNOWN_S)
    gauge.ran_together(LONG_S, LONG_S, 0.0)
    assert gauge.cost_s == LONG_S
    gauge.ran_together(0.0, 0.0, 10.0)
    assert gauge.cost_s == LONG_S / 2
    gauge.ran_together(LONG_S, 0.0, 20.0)
    assert gauge.cost_s == LONG_S / 2
    gauge.ran_together(0.0, 0.0, 1_000.0)
    assert gauge.cost_s < BRIEF_S


def test_a_batch_is_what_it_was_and_tells_how_long_each_entry_took() -> None:
    entries = [Input("counter", None, "incr", (), "id") for _ in range(3)]
    timed, gauge, silent = Timed(entries), Gauge(UNKNOWN_S), Gauge(UNKNOWN_S)
    assert timed == entries
    spent = []
    for index, _ in enumerate(timed):
        if index < 2:
            spent.append(sum(range(200_000)))
    timed.tell([(0, gauge), (1, gauge), (2, silent)])
    assert gauge.cost_s > silent.cost_s
