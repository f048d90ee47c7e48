"""A turn waits for clients that come in step, a moment at most, and not where that brings nobody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from camshaft.node.gathering import Gathering

SYNC_S = 1e-3


def in_step(clients: int) -> Gathering:
    """What has seen two groups of clients take turns."""
    gathering = Gathering()
    for _ in range(2):
        gathering.turned(clients, 0, SYNC_S)
    return gathering


def test_a_turn_for_one_of_two_groups_waits_for_the_other() -> None:
    gathering = in_step(25)
    assert gathering.waits(25, 0.0)
    assert gathering.waits(49, 1e-6)
    assert not gathering.waits(50, 2e-6)
    gathering.turned(50, 50, SYNC_S)
    assert gathering.waits(1, 1.0), "all fifty come again"
    assert not gathering.waits(50, 1.0)


def test_a_client_alone_never_waits() -> None:
    gathering = Gathering()
    for number in range(100):
        assert not gathering.waits(1, float(number))
        gathering.turned(1, min(number, 1), SYNC_S)


def test_waiting_ends_before_another_sync_would() -> None:
    gathering = in_step(25)
    assert gathering.waits(25, 7.0)
    assert not gathering.waits(25, 7.0 + SYNC_S / 2)
    slow = Gathering()
    slow.turned(25, 0, 10.0)
    slow.turned(25, 0, 10.0)
    assert slow.waits(25, 7.0)
    assert not slow.waits(25, 7.01), "a slow disk is no reason to wait for long"


def test_nobody_waits_where_there_is_no_sync_to_save() -> None:
    gathering = Gathering()
    for sync_s in (0.0, 1e-5):
        gathering.turned(25, 0, sync_s)
        gathering.turned(25, 0, sync_s)
        assert not gathering.waits(1, 0.0)


def test_a_turn_that_waited_in_vain_is_followed_by_many_that_do_not_wait() -> None:
    gathering = in_step(25)
    turns = 0
    now_s = 0.0
    for _ in range(100):
        if gathering.waits(25, now_s):
            turns += 1
            now_s += SYNC_S
            assert not gathering.waits(25, now_s)
        gathering.turned(25, 0, SYNC_S)
        now_s += SYNC_S
    assert 2 <= turns <= 4


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(0, 100), st.floats(0, 100), st.floats(0, 1e-2))))
def test_no_turn_waits_for_longer_than_a_millisecond(turns: list[tuple[int, int, float, float]]) -> None:
    gathering = Gathering()
    for clients, again, sync_s, pause_s in turns:
        gathering.turned(clients, min(again, clients), sync_s)
        gathering.waits(1, 5.0)
        assert not gathering.waits(1, 5.0 + 1e-3 + pause_s)
