"""Either process of a takeover is killed, at each step of it: what was acknowledged is there, and one serves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from camshaft.journal.journal import Durability
from generators.machines import counter
from generators.takeovers import Forked, new, old, port_of
from generators.wire import Wire, packed

INCREMENT = packed("CALL", "counter", "incr")
BOTH = pytest.mark.parametrize("durability", [Durability.ALWAYS, Durability.EVERYSEC])


@contextlib.contextmanager
def stopped(data: Path, stop: str, durability: Durability = Durability.ALWAYS) -> Iterator[tuple[Forked, Forked, Wire]]:
    """A node that was called 7 times, another process that takes it over and has come to a step, and a client that has
    called the node 100 times more since."""
    first = old(data, counter(), durability=durability)
    second: Forked | None = None
    try:
        with Wire(port_of(first.hear("camshaft node"))) as wire:
            wire.send(INCREMENT * 7)
            assert wire.replies(7) == [None] * 7
            second = new(data, stop, durability=durability)
            second.hear(f"stopped {stop}")
            wire.send(INCREMENT * 100 + packed("CALL", "counter", "value"))
            yield first, second, wire
    finally:
        first.discard()
        if second is not None:
            second.discard()


@BOTH
@pytest.mark.parametrize(
    "stop", ["before Hello", "after Hello", "before Take", "after Take", "before Taken", "after Taken", "before Mine"]
)
def test_the_old_one_goes_on_as_if_nothing_had_been_where_the_new_one_is_killed(
    tmp_path: Path, stop: str, durability: Durability
) -> None:
    with stopped(tmp_path, stop, durability) as (first, second, wire):
        second.kill()
        assert wire.replies(101) == [None] * 100 + [107]
        assert wire.ask("CALL", "counter", "incr") is None
        # A second attempt finds it as it was.
        third = new(tmp_path, durability=durability)
        try:
            third.hear("taken over from")
            assert wire.ask("CALL", "counter", "value") == 108
            assert first.end() == 0
        finally:
            third.discard()


@pytest.mark.parametrize("stop", ["before Taken", "after Taken", "before Mine"])
def test_the_new_one_serves_the_same_clients_where_the_old_one_is_killed_once_it_stands_still(
    tmp_path: Path, stop: str
) -> None:
    with stopped(tmp_path, stop) as (first, second, wire):
        first.kill()
        second.go_on()
        second.hear("taken over from")
        assert wire.replies(101) == [None] * 100 + [107]


@pytest.mark.parametrize("stop", ["after Hello", "before Take"])
def test_the_new_one_recovers_as_after_a_crash_where_the_old_one_is_killed_before(tmp_path: Path, stop: str) -> None:
    with stopped(tmp_path, stop) as (first, second, wire):
        answered = len(wire.replies(101)) - 1
        first.kill()
        second.go_on()
        with Wire(port_of(second.hear("camshaft node"))) as again:
            assert again.ask("CALL", "counter", "value") == 7 + answered


def test_what_the_new_one_has_acknowledged_is_there_after_it_was_killed(tmp_path: Path) -> None:
    with stopped(tmp_path, "after Mine") as (first, second, wire):
        assert first.end() == 0
        second.go_on()
        assert wire.replies(101) == [None] * 100 + [107]
        second.kill()
    third = old(tmp_path)
    try:
        with Wire(port_of(third.hear("camshaft node"))) as again:
            assert again.ask("CALL", "counter", "value") == 107
    finally:
        third.discard()
