"""What took long is remembered, up to a bound, by what it was."""

from __future__ import annotations

from camshaft.node.slow import MOST_SLOW, SLOW_S, SlowLog
from camshaft.runtime.entries import Input
from camshaft.values.address import Address


def called(machine: str, key: str | None, method: str) -> Input:
    return Input(machine, key, method, (), "0" * 64)


def test_one_input_is_told_as_it_was_called() -> None:
    log = SlowLog()
    log.ran([called("counter", "a", "incr")], 0.02)
    (one,) = log.last(10)
    assert (one.id, one.took_us, one.words) == (0, 20_000, ("CALL", "counter/a", "incr"))


def test_of_a_batch_the_method_that_most_inputs_called_is_told() -> None:
    log = SlowLog()
    log.ran([called("counter", "a", "incr"), called("cart", None, "put"), called("counter", "b", "incr")], 0.5)
    assert log.last(1)[0].words == ("CALL", "counter", "incr", "(2 of 3 inputs)")


def test_a_query_is_told_where_it_was_slow() -> None:
    log = SlowLog()
    log.asked(Address("counter", "a"), "value", SLOW_S / 2)
    assert len(log) == 0
    log.asked(Address("counter", "a"), "value", SLOW_S)
    assert log.last(1)[0].words == ("CALL", "counter/a", "value")


def test_a_command_is_told_where_it_was_slow() -> None:
    log = SlowLog()
    log.did("upgrade", SLOW_S / 2)
    assert len(log) == 0
    log.did("upgrade", SLOW_S)
    assert log.last(1)[0].words == ("UPGRADE",)


def test_the_last_ones_are_remembered_and_numbers_go_on() -> None:
    log = SlowLog()
    for _ in range(MOST_SLOW + 5):
        log.did("plan", 1.0)
    assert [one.id for one in log.last(1_000)] == list(range(MOST_SLOW + 4, 4, -1))
    log.clear()
    assert (len(log), log.last(1)) == (0, [])
    log.did("plan", 1.0)
    assert log.last(1)[0].id == MOST_SLOW + 5
