"""A client of the version that is being rolled out, and instances that it has not come to yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

import camshaft as cam
from camshaft.journal.memory import MemoryJournal
from camshaft.node.server import NodeThread
from camshaft.runtime.replica import Replica
from generators.meters import Meter, Meter2, reset, to_rooms

KEYS = [f"m{number}" for number in range(20)]


def canary() -> cam.Upgrade[Meter, Meter2]:
    half = cam.Rollout.canary(0.5, 1.0)
    return cam.Upgrade(Meter, Meter2, migrate=to_rooms, adapters=[reset], rollout=half)


@pytest.fixture
def client() -> Iterator[cam.Client]:
    """A client of a node on which about half of twenty meters run the second version."""
    with NodeThread(Replica(MemoryJournal())) as node, cam.Client(f":{node.port}") as made:
        made.deploy(Meter)
        for key in KEYS:
            made.instance(Meter, key).tick()
        made.upgrade(canary())
        assert 0 < made.rollout("meter").instances < len(KEYS)
        yield made


def old_side(client: cam.Client) -> list[str]:
    """The keys of the instances that run the first version: their states have its field."""
    return [key for key in KEYS if "ticks" in client.state(f"meter/{key}")]


def test_it_calls_them_as_far_as_they_go_and_says_what_does_not(client: cam.Client) -> None:
    behind = old_side(client)
    for key in KEYS:
        meter = client.instance(Meter2, key)
        meter.tick()
        if key in behind:
            with pytest.raises(cam.Stale, match=r"yet, while the upgrade to this .* is rolled out: of cannot"):
                meter.of("hall")
            with pytest.raises(cam.Stale, match="it has no parameter room there"):
                meter.tick("attic")
        else:
            assert meter.of("hall") == 2
    assert {client.instance(Meter, key).total() for key in KEYS} == {2}


def test_it_goes_on_by_itself_when_the_rollout_comes_to_them_or_goes_back(client: cam.Client) -> None:
    key = old_side(client)[0]
    meter = client.instance(Meter2, key)
    meter.tick()
    client.steer("meter", "grow")
    meter.tick("attic")
    assert (meter.of("hall"), meter.of("attic")) == (2, 1)
    client.rollback("meter")
    meter.tick()
    with pytest.raises(cam.Stale, match="no upgrade leads there from this version of Meter2"):
        meter.of("hall")


def test_so_does_an_asynchronous_client(client: cam.Client) -> None:
    behind = old_side(client)

    async def ticked() -> None:
        async with cam.AsyncClient(client.endpoint) as other:
            for key in (behind[0], *KEYS):
                await other.instance(Meter2, key).tick()
            with pytest.raises(cam.Stale, match="is rolled out: of cannot be called"):
                await other.instance(Meter2, behind[0]).of("hall")

    asyncio.run(ticked())
    assert {client.instance(Meter, key).total() for key in KEYS if key != behind[0]} == {2}


def test_so_does_a_node_in_this_process() -> None:
    with cam.Node() as node:
        node.deploy(Meter)
        for key in KEYS:
            node.instance(Meter, key).tick()
        node.upgrade(canary())
        for key in KEYS:
            node.instance(Meter2, key).tick()
        said = set()
        for key in KEYS:
            try:
                said.add(str(node.instance(Meter2, key).of("hall")))
            except cam.Stale as stale:
                said.add(str(stale).rpartition(": ")[2])
        assert said == {"2", "of cannot be called, since there is no such method"}
