"""Arguments, results, refusals and states of every type are the objects of plain Python, wherever the instance runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

import camshaft as cam
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.gauge import Gauge, Reading, TooCold, Unit

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@contextmanager
def over_the_wire() -> Iterator[Gauge]:
    with NodeThread(Replica(MemoryJournal())) as node, cam.Client(f"127.0.0.1:{node.port}") as client:
        client.deploy(Gauge)
        yield client.instance(Gauge)


@contextmanager
def in_this_process() -> Iterator[Gauge]:
    with cam.Node() as node:
        node.deploy(Gauge)
        yield node.instance(Gauge)


@contextmanager
def simulated() -> Iterator[Gauge]:
    yield cam.simulate(Gauge)


@contextmanager
def plain() -> Iterator[Gauge]:
    yield Gauge()


@pytest.fixture(params=[over_the_wire, in_this_process, simulated, plain])
def gauge(request: pytest.FixtureRequest) -> Iterator[Gauge]:
    with request.param() as made:
        yield made


def test_objects_of_each_type_go_in_and_come_back(gauge: Gauge) -> None:
    assert gauge.half(3.0) == 1.5
    assert gauge.half(float("-inf")) == float("-inf")
    assert gauge.tag({"b", "a"}) == frozenset({"a", "b"})
    assert gauge.tag(set()) == {"a", "b"}
    assert gauge.switch("slow", Unit.KELVIN) == ("fast", Unit.KELVIN)
    assert gauge.switch("fast") == ("slow", None)
    assert gauge.next_unit(Unit.KELVIN) is Unit.CELSIUS
    assert gauge.after(NOON) == datetime(2026, 1, 31, 12, 5, tzinfo=UTC)
    assert gauge.wait(timedelta(seconds=-1)) == timedelta(minutes=4, seconds=59)
    assert gauge.add(b"\x00\xff") == b"\x00\xff"
    assert gauge.read(Reading(NOON, 1.5, Unit.KELVIN)) == [Reading(NOON, 1.5, Unit.KELVIN)]
    assert gauge.all_limits() == {Unit.KELVIN: 0.0}
    assert gauge.epoch().tzinfo is UTC


def test_a_refusal_holds_objects_too(gauge: Gauge) -> None:
    with pytest.raises(TooCold) as caught:
        gauge.read(Reading(NOON, -1.0, Unit.KELVIN))
    assert caught.value == TooCold(Unit.KELVIN, -1.0, timedelta(minutes=5))


def test_a_state_is_copied_as_objects() -> None:
    for make in (over_the_wire, in_this_process):
        with make() as gauge:
            gauge.tag({"a"})
            copied = cam.state(gauge)
            assert (copied.tags, copied.every, copied.mode) == ({"a"}, timedelta(minutes=5), "fast")


def test_what_is_of_another_type_is_rejected_before_it_is_sent() -> None:
    with over_the_wire() as gauge:
        with pytest.raises(cam.Rejected, match=r"Gauge.half: x: expected `float`, got 1 of type `int`"):
            gauge.half(1)
        with pytest.raises(cam.Rejected, match=r"expected `Literal\['fast', 'slow'\]`, got 'quick'"):
            gauge.switch("quick")  # type: ignore[arg-type]  # that is the mistake
        with pytest.raises(cam.Rejected, match="names no zone"):
            gauge.after(datetime(2026, 1, 1))
